// Interactive programs from pages in Chromium: with a key as a protocol, and only from the service's own origin.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, test } from 'node:test';
import { endVisit, openPage, startVisit, type Visit } from './browser.ts';

const KEY = 'the-key-of-the-page';

let visit: Visit;
before(async () => {
  visit = await startVisit(['python'], { LANGUAGES: 'python' });
});
after(() => endVisit(visit));

/** Runs in the page: connects, talks, and returns what came and how it closed. */
const script = ([url, protocols]: [string, string[]]) =>
  new Promise<{ shown: string; code: number }>((resolve) => {
    const socket = new globalThis.WebSocket(url, protocols);
    let shown = '';
    socket.onopen = () => socket.send(JSON.stringify({ language: 'python', code: 'print(input()[::-1])' }));
    socket.onmessage = ({ data }) => {
      const message = JSON.parse(data);
      if (message.status === 'running') socket.send(JSON.stringify({ type: 'stdin', data: 'olleh\n' }));
      shown += message.data ?? '';
    };
    socket.onclose = ({ code }) => resolve({ shown, code });
  });

test('a page of the same origin talks to a program, and one of another origin may not', async (t) => {
  const { service, browser } = visit;
  const foreign = createServer((_request, answer) => answer.end('a page'));
  await once(foreign.listen(0, '127.0.0.1'), 'listening');
  t.after(() => foreign.close());
  const argument: [string, string[]] = [
    `${service.url.replace('http', 'ws')}/api/v1/interactive`,
    ['code-execution.v1', `code-execution.key.${Buffer.from(KEY).toString('base64url')}`],
  ];
  const own = await openPage(t, visit);
  assert.deepEqual(await own.evaluate(script, argument), { shown: 'hello\n', code: 1000 });
  const other = await browser.newPage();
  await other.goto(`http://127.0.0.1:${(foreign.address() as AddressInfo).port}/`);
  assert.deepEqual(await other.evaluate(script, argument), { shown: '', code: 1006 });
});
