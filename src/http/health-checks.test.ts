// The checks of the parts: what makes each well, and what their details say.

import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import {
  checkDisk,
  checkDocker,
  checkLanguages,
  checkQueue,
  checkRedis,
  checkSandbox,
  checkUnused,
} from './health-checks.ts';
import type { LanguageDescription } from './language-description.ts';

suite('the check of', () => {
  test('the sandbox makes a box', async () => {
    assert.deepEqual(await checkSandbox(async () => 3.21, 'native: as asked')(), {
      status: 'healthy',
      detail: 'a box ran in 3.2 ms; native: as asked',
    });
    await assert.rejects(checkSandbox(() => Promise.reject(new Error('no box')), '')(), /no box/);
  });

  test('the Docker engine tells its version', async () => {
    assert.deepEqual(await checkDocker(async () => '28.5')(), {
      status: 'healthy',
      detail: 'engine 28.5 answers',
    });
    await assert.rejects(checkDocker(() => Promise.reject(new Error('no engine')))(), /no engine/);
  });

  test('the queue is degraded when it is full', async () => {
    assert.deepEqual(await checkQueue(() => ({ active: 3, capacity: 4 }))(), {
      status: 'healthy',
      detail: '3 of at most 4 executions wait or run',
    });
    assert.equal((await checkQueue(() => ({ active: 4, capacity: 4 }))()).status, 'degraded');
  });

  test('the disk tells how much is free', async () => {
    assert.match((await checkDisk(import.meta.dirname)()).detail, /^\d+ MB free$/);
    await assert.rejects(checkDisk('/there/is/no/such/directory')(), /ENOENT/);
  });

  test('Redis is degraded when it does not answer, and nothing when none is used', async () => {
    assert.deepEqual(await checkRedis(async () => {})(), { status: 'healthy', detail: 'it answers' });
    const lost = await checkRedis(() => Promise.reject(new Error('connect ECONNREFUSED 10.0.0.1:6379')))();
    assert.equal(lost.status, 'degraded');
    assert.doesNotMatch(lost.detail, /10\.0\.0\.1/);
    assert.deepEqual(await checkRedis(null)(), { status: 'healthy', detail: 'not used' });
  });

  test('a part that is not used has nothing to find', async () => {
    assert.deepEqual(await checkUnused(), { status: 'healthy', detail: 'not used' });
  });

  const cases: [states: LanguageDescription['status'][], status: string, detail: string][] = [
    [['ready', 'ready'], 'healthy', '2 ready'],
    [['ready', 'missing'], 'healthy', '1 ready; missing: b'],
    [['ready', 'installing'], 'healthy', '1 ready; installing: b'],
    [['installing', 'missing'], 'degraded', '0 ready; installing: a; missing: b'],
    [['missing', 'missing'], 'unhealthy', '0 ready; missing: a, b'],
  ];
  for (const [states, status, detail] of cases) {
    test(`languages that are ${states.join(' and ')}`, async () => {
      const languages = states.map((status, index) => ({ id: 'ab'[index], status }) as LanguageDescription);
      assert.deepEqual(await checkLanguages(() => languages)(), { status, detail });
    });
  }
});
