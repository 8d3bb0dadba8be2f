// What was answered with a 202 ends once and right, whatever happens to the service: it is killed again and again under load,
// and started anew on the same data. And a full disk takes nothing that was accepted.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite, type TestContext, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import type { Execution } from '../src/api/stored-execution.ts';
import { launch, ready, type Service } from './service.ts';

/** More of them take longer and show more: `EXECUTIONS=1000 KILLS=100`. */
const EXECUTIONS = Number(process.env.EXECUTIONS ?? 30);
const KILLS = Number(process.env.KILLS ?? 4);
const CLIENTS = 8;
/** How long after an acceptance the service is killed, at most: about as long as an execution takes. */
const MAX_DELAY_MS = 300;
/** Some are in flight at each of many kills. */
const MAX_ATTEMPTS = String(KILLS + 5);
const ENVIRONMENT = { LANGUAGES: 'bash', CODE_VALIDATION: 'off', MAX_ATTEMPTS };

interface Killed {
  /** The service of the moment; waits while there is none. */
  current(): Promise<Service>;
  /** Is called with each execution that was accepted. */
  accepted(): void;
  /** Resolves with the service after its last kill. */
  spared(): Promise<Service>;
}

/** A service on one set of data, killed KILLS times: whenever a further share of the executions was accepted. */
async function killedService(t: TestContext): Promise<Killed> {
  const data = await mkdtemp(join(tmpdir(), 'stored-test-'));
  const start = () => ready(launch({ DATA_DIR: data, ...ENVIRONMENT }), ['bash']);
  let accepted = 0;
  let service = start();
  const killing = (async () => {
    for (let kill = 1; kill <= KILLS; kill += 1) {
      const { process: child } = await service;
      while (accepted < (EXECUTIONS * kill) / KILLS) await delay(5);
      await delay(Math.random() * MAX_DELAY_MS);
      const exited = once(child, 'exit');
      child.kill('SIGKILL');
      await exited;
      service = start();
    }
    return service;
  })();
  t.after(async () => {
    const { process: child } = await service;
    const exited = once(child, 'exit');
    child.kill('SIGKILL');
    await exited;
    await rm(data, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  });
  return {
    current: () => service,
    accepted: () => {
      accepted += 1;
    },
    spared: () => killing,
  };
}

/** Submits until it is answered; the key makes one execution of all tries. */
async function submit(killed: Killed, number: number): Promise<string> {
  for (;;) {
    const { url } = await killed.current();
    const answer = await fetch(`${url}/api/v1/executions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'idempotency-key': `number-${number}` },
      body: JSON.stringify({
        language: 'bash',
        code: 'read n; echo $((n * 2))',
        user_id: `user-${number % 5}`,
        test_cases: [
          { input: `${number}`, expected_output: `${number * 2}` },
          { input: '1', is_hidden: true },
        ],
      }),
    }).catch(() => null);
    if (answer?.status === 202) return ((await answer.json()) as Execution).execution_id;
    await delay(20);
  }
}

async function resultOf({ url }: Service, id: string): Promise<Execution> {
  for (;;) {
    const answer = await fetch(`${url}/api/v1/executions/${id}?wait=30`);
    assert.equal(answer.status, 200, `${id} is ${answer.status}`);
    const execution = (await answer.json()) as Execution;
    if (execution.finished_at !== null) return execution;
  }
}

suite('what was accepted', () => {
  test('ends once and right though the service is killed again and again', async (t) => {
    const killed = await killedService(t);
    const ids: string[] = [];
    let next = 0;
    const clients = Array.from({ length: CLIENTS }, async () => {
      while (next < EXECUTIONS) {
        const number = next;
        next += 1;
        ids[number] = await submit(killed, number);
        killed.accepted();
      }
    });
    await Promise.all(clients);
    const service = await killed.spared();
    assert.equal(new Set(ids).size, EXECUTIONS);
    let repeated = 0;
    for (const [number, id] of ids.entries()) {
      const execution = await resultOf(service, id);
      assert.deepEqual(
        [execution.status, execution.results.map(({ stdout }) => stdout)],
        ['accepted', [`${number * 2}\n`, null]],
        JSON.stringify(execution),
      );
      if (execution.attempts > 1) repeated += 1;
      const events = await (await fetch(`${service.url}/api/v1/executions/${id}/events`)).text();
      assert.equal(events.match(/^event: done$/gm)?.length, 1);
      const numbers = [...events.matchAll(/^id: (\d+)$/gm)].map(([, each]) => Number(each));
      assert.deepEqual(
        numbers,
        Array.from(numbers, (_each, index) => index + 1),
      );
    }
    const listed = (await (await fetch(`${service.url}/api/v1/executions?limit=100`)).json()) as {
      executions: object[];
    };
    assert.equal(listed.executions.length, Math.min(EXECUTIONS, 100));
    t.diagnostic(`${EXECUTIONS} executions, ${KILLS} kills, ${repeated} ran more than once`);
  });

  test('is kept on a disk that is full, and more is accepted when there is room again', async (t) => {
    const data = await mkdtemp(join(tmpdir(), 'full-disk-'));
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=48m', 'none', data]);
    const child = launch({ DATA_DIR: data, ...ENVIRONMENT });
    t.after(async () => {
      const exited = once(child, 'exit');
      child.kill('SIGKILL');
      await exited;
      execFileSync('umount', ['-l', data]);
      await rm(data, { recursive: true });
    });
    const service = await ready(child, ['bash']);
    const post = (code: string) =>
      fetch(`${service.url}/api/v1/executions`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ language: 'bash', code, files: [] }),
      });
    const accepted = ((await (await post('echo kept')).json()) as Execution).execution_id;
    execFileSync('sh', ['-c', `dd if=/dev/zero of=${data}/filler bs=64k 2>/dev/null || true`]);
    const refusals: { status: number; retryAfter: string | null; code: string }[] = [];
    for (let turn = 0; turn < 200 && refusals.length === 0; turn += 1) {
      const answer = await post(`echo ${'x'.repeat(40_000)}`);
      if (answer.status === 202) continue;
      const { code } = (await answer.json()) as { code: string };
      refusals.push({ status: answer.status, retryAfter: answer.headers.get('retry-after'), code });
    }
    assert.deepEqual(refusals, [{ status: 503, retryAfter: '5', code: 'unavailable' }]);
    const shown = (await (await fetch(`${service.url}/api/v1/executions/${accepted}`)).json()) as Execution;
    assert.equal(shown.execution_id, accepted);
    const health = (await (await fetch(`${service.url}/api/v1/health`)).json()) as {
      checks: { queue: { status: string } };
    };
    assert.equal(health.checks.queue.status, 'degraded');
    await rm(join(data, 'filler'));
    const again = ((await (await post('echo again')).json()) as Execution).execution_id;
    for (const id of [accepted, again]) assert.equal((await resultOf(service, id)).status, 'completed');
  });
});
