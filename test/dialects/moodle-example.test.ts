// examples/moodle: its script makes the calls of CodeRunner, and they work; it reports what does not.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { launchFor, PROJECT, ready, TIME_FACTOR } from '../service.ts';

const run = promisify(execFile);
const KEY = 'a-key-of-some-length';

test('a Moodle site can use the service as its Jobe server', async (t) => {
  const child = await launchFor(t, { API_KEYS: KEY, LANGUAGES: 'python,c' });
  const { host } = new URL((await ready(child, ['python', 'c'], KEY)).url);
  const check = (key: string) =>
    run('python3', [join(PROJECT, 'examples/moodle/check_jobe.py'), host, key], {
      timeout: 60_000 * TIME_FACTOR,
    });
  const { stdout } = await check(KEY);
  assert.deepEqual(
    stdout
      .trim()
      .split('\n')
      .map((line) => line.slice(0, 4)),
    Array(9).fill('ok  '),
    stdout,
  );
  await assert.rejects(check('another-key'), (error: { code: number; stdout: string }) => {
    assert.equal(error.code, 1);
    assert.match(error.stdout, /^FAIL the languages are listed: \(403,/);
    return true;
  });
});
