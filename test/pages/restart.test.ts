// The playground while its service comes and goes: code is kept, a run is followed to its end after a restart, a reload
// finds it again, and a key is asked for where one is required.

import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { after, before, suite, test } from 'node:test';
import { createDataDirectory, launch, ready, stop } from '../service.ts';
import { endVisit, openPage, skip, startVisit, type Visit } from './browser.ts';

const KEY = 'a-key-of-the-tests';
const SLOW = 'import time\nfor step in range(4):\n    time.sleep(1)\nprint("slept")\n';

suite('the playground of a service that comes and goes', { skip }, () => {
  let visit: Visit;
  let environment: Record<string, string>;
  before(async () => {
    environment = {
      DATA_DIR: createDataDirectory(),
      LANGUAGES: 'python',
      PORT: String(await freePort()),
      API_KEYS: KEY,
    };
    visit = await startVisit(['python'], environment, KEY);
  });
  after(() => endVisit(visit));

  async function freePort(): Promise<number> {
    const server = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as { port: number };
    await new Promise((resolve) => server.close(resolve));
    return port;
  }

  async function openWithKey(t: Parameters<typeof openPage>[0]) {
    const page = await openPage(t, visit);
    await page.getByRole('textbox', { name: 'API key' }).fill(KEY);
    await page.getByRole('button', { name: 'Use this key' }).click();
    await page.getByText('print(sum').waitFor();
    for (let left = 3; left > 0; left -= 1)
      await page.getByRole('button', { name: 'Remove test 1', exact: true }).click();
    return page;
  }

  test('a key is asked for once, is kept in memory alone, and no script can read it after a reload', async (t) => {
    const page = await openWithKey(t);
    assert.equal(
      await page.evaluate('JSON.stringify([localStorage, sessionStorage]).includes("a-key-of")'),
      false,
    );
    await page.reload();
    await page.getByRole('textbox', { name: 'API key' }).waitFor();
  });

  test('a reload finds the run again', async (t) => {
    const page = await openWithKey(t);
    await page.getByRole('textbox', { name: 'Code' }).fill(SLOW);
    await page.getByRole('button', { name: 'Run', exact: true }).click();
    await page.locator('[data-testid=run-state][data-phase=running]').waitFor();
    await page.reload();
    await page.getByRole('textbox', { name: 'API key' }).fill(KEY);
    await page.getByRole('button', { name: 'Use this key' }).click();
    await page.getByText('slept').first().waitFor();
    await page.getByText('Reconnected to the run').waitFor();
  });

  test('a service that restarts loses neither the code nor the run', async (t) => {
    const page = await openWithKey(t);
    await page.getByRole('textbox', { name: 'Code' }).fill(SLOW);
    await page.getByRole('button', { name: 'Run', exact: true }).click();
    await page.locator('[data-testid=run-state][data-phase=running]').waitFor();
    visit.service.process.kill('SIGKILL');
    await page.getByText('Cannot reach the service. Your code is kept; trying again.').waitFor();
    visit = {
      ...visit,
      service: await ready(launch({ TOOLCHAINS: 'host', ...environment }), ['python'], KEY),
    };
    await page.locator('[data-testid=verdict][data-status=completed]').waitFor();
    await page.getByRole('region', { name: 'Results' }).getByText('slept').waitFor();
    assert.equal(await page.getByText('Cannot reach the service').count(), 0);
  });

  test('what is run while the service is away runs when it is back', async (t) => {
    const page = await openWithKey(t);
    await stop(visit.service);
    await page.getByRole('textbox', { name: 'Code' }).fill('print("at last")');
    await page.getByRole('button', { name: 'Run', exact: true }).click();
    await page.getByText('Cannot reach the service. Your code is kept; trying again.').waitFor();
    visit = {
      ...visit,
      service: await ready(launch({ TOOLCHAINS: 'host', ...environment }), ['python'], KEY),
    };
    await page.getByRole('region', { name: 'Results' }).getByText('at last').waitFor();
  });
});
