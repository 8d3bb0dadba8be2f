// The dashboard as an operator sees it: its numbers are the API's, it asks for the key it needs, and says what is wrong.

import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import type { MetricsReport } from '../../src/metrics/report.ts';
import { execute, stop } from '../service.ts';
import { endVisit, openPage, skip, startVisit, type Visit } from './browser.ts';

const KEYS = { API_KEYS: 'a-key-of-the-tests', ADMIN_API_KEY: 'an-admin-key-of-the-tests' };
const headers = { 'x-api-key': KEYS.API_KEYS };

suite('the dashboard of a service with keys', { skip }, () => {
  let visit: Visit;
  let data: string;
  before(async () => {
    data = await mkdtemp(join(tmpdir(), 'dashboard-test-'));
    visit = await startVisit(
      ['javascript'],
      { DATA_DIR: data, LANGUAGES: 'javascript', ...KEYS },
      KEYS.API_KEYS,
    );
    for (const code of ['console.log(1)', 'console.log(2)', 'while (true);', 'throw 1'])
      await execute(
        visit.service,
        { language: 'javascript', code, time_limit: 1, user_id: 'ada' },
        { headers },
      );
  });
  after(async () => {
    await endVisit(visit);
    await rm(data, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  });

  async function reported(): Promise<MetricsReport> {
    const answer = await fetch(`${visit.service.url}/api/v1/metrics?hours=24`, { headers });
    return (await answer.json()) as MetricsReport;
  }

  test('the head of the dashboard takes two lines on a phone', async (t) => {
    const page = await openPage(t, visit, '/dashboard', { viewport: { width: 390, height: 844 } });
    await page.getByRole('textbox', { name: 'API key' }).fill(KEYS.API_KEYS);
    await page.getByRole('button', { name: 'Use this key' }).click();
    await page.getByText('Updated').waitFor();
    const head = await page.locator('header').boundingBox();
    const oneLine = await page.getByLabel('Range').boundingBox();
    assert.ok(head !== null && oneLine !== null);
    assert.ok(head.height < 3 * oneLine.height, `${head.height} px`);
  });

  test('the dashboard asks for a key, then shows the numbers that the API reports', async (t) => {
    const page = await openPage(t, visit, '/dashboard');
    await page.getByRole('textbox', { name: 'API key' }).fill(KEYS.API_KEYS);
    await page.getByRole('button', { name: 'Use this key' }).click();
    await page.getByText('All is well').waitFor();
    const { totals, by_status: statuses, workers, series } = await reported();
    assert.equal(totals.executions, 4);
    const figure = (name: string) => page.locator('dl div', { hasText: name }).locator('dd').textContent();
    assert.equal(await figure('Executions'), String(totals.executions));
    assert.equal(await figure('Passed'), '50 %');
    const verdicts = page.getByTestId('chart').filter({ hasText: 'Verdicts' });
    await verdicts.getByRole('button', { name: 'Show as table' }).click();
    for (const [status, count] of Object.entries(statuses))
      await verdicts.getByRole('row', { name: `${status} ${count}` }).waitFor();
    await page
      .getByTestId('chart')
      .filter({ hasText: 'Limits hit' })
      .getByText('1 program reached a limit')
      .waitFor();
    const [{ languages = [] } = {}] = workers;
    await page.getByRole('row', { name: /JavaScript.*4.*Completed 2.*50 %/ }).waitFor();
    await page.getByRole('row', { name: /ada 4 100 %/ }).waitFor();
    await page
      .getByRole('row', { name: `native 0 of ${workers[0]?.slots} ${languages.join(', ')}` })
      .waitFor();
    const latency = page.getByTestId('chart').filter({ hasText: 'Percentiles over time' });
    await latency.getByRole('button', { name: 'Show as table' }).click();
    const step = series.findLast(({ p95_ms }) => p95_ms !== null);
    await latency
      .getByRole('row', { name: `${step?.bucket} ${step?.p50_ms} ${step?.p95_ms} ${step?.p99_ms}` })
      .waitFor();
    await page.getByText('No execution in this range failed because of the service.').waitFor();
    await page.getByRole('row', { name: /sandbox ✓ healthy/ }).waitFor();
  });

  test('the range is in the address', async (t) => {
    const page = await openPage(t, visit, '/dashboard?hours=1');
    await page.getByRole('textbox', { name: 'API key' }).fill(KEYS.API_KEYS);
    await page.getByRole('button', { name: 'Use this key' }).click();
    assert.equal(await page.getByRole('combobox', { name: 'Range' }).inputValue(), '1');
    await page.getByRole('combobox', { name: 'Range' }).selectOption('7 days');
    assert.match(page.url(), /hours=168$/);
  });

  test('an administrator cleans up after a question, with a key that may', async (t) => {
    const page = await openPage(t, visit, '/dashboard');
    await page.getByRole('textbox', { name: 'API key' }).fill(KEYS.API_KEYS);
    await page.getByRole('button', { name: 'Use this key' }).click();
    await page.getByRole('button', { name: 'Clean up' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('button', { name: 'Clean up' }).click();
    await dialog.getByRole('textbox', { name: 'API key' }).fill(KEYS.ADMIN_API_KEY);
    await dialog.getByRole('button', { name: 'Use this key' }).click();
    await dialog.getByText(/Removed|nothing to remove/).waitFor();
  });

  test('the dashboard says when the service is away', async (t) => {
    const page = await openPage(t, visit, '/dashboard');
    await page.getByRole('textbox', { name: 'API key' }).fill(KEYS.API_KEYS);
    await page.getByRole('button', { name: 'Use this key' }).click();
    await page.getByText('All is well').waitFor();
    await stop(visit.service);
    await page.getByText('Cannot reach the service; trying again').waitFor();
  });
});
