// Engines and supervisors that say nothing any more: each is given up in a bounded time, and never is that a program's end.
// The tests wait for that time together.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { engineForTests } from '../../../test/docker-engine.ts';
import type { DockerEngine } from '../engine.ts';
import {
  assertServes,
  bareRoot,
  eventually,
  firstProcessOf,
  isOnThisMachine,
  LIMITS,
  probe,
  removeContainers,
  runningContainer,
  runProbe,
  sandboxErrorOf,
  startSandbox,
} from './docker-fixture.ts';
import { startDetour } from './engine-detour-fixture.ts';

const { engine, address } = await engineForTests();
if (engine) {
  const root = await bareRoot(engine);
  const isLocal = await isOnThisMachine(engine, root);

  describe('silence', { concurrency: true }, () => {
    describe('an engine that does not answer', { concurrency: true }, () => {
      test('lets no call of its client wait for ever', async () => {
        await using detour = await startDetour(null);
        const { engine: silent } = detour;
        const timeoutMs = 300;
        await assert.rejects(silent.request('GET', '/version', { timeoutMs }), { name: 'EngineError' });
        await assert.rejects(
          silent.progress('/build', { timeoutMs }, () => {}),
          { name: 'EngineError' },
        );
        await assert.rejects(silent.attach('x', timeoutMs), { name: 'EngineError' });
      });

      test('when the sandbox starts makes that fail', async () => {
        await using detour = await startDetour(null);
        await assert.rejects(startSandbox(impatient(detour.engine)), { name: 'EngineError' });
      });

      for (const after of ['POST /containers/create', 'POST attach', 'POST start'])
        test(`any more after ${after} makes a run fail in the end`, async () => {
          const root = await bareRoot(engine);
          await using detour = await startDetour(address);
          const used = await startSandbox(
            impatient(detour.engine, (what) => what === after && detour.block()),
          );
          const error = await sandboxErrorOf(probe(used, root, ['exit', '0']));
          assert.equal(error.retryable, true);
          await used.sandbox.close();
          await removeContainers(engine, used.home);
        });

      test('any more while a program runs makes the run fail in the end', async () => {
        await using detour = await startDetour(address);
        const used = await startSandbox(impatient(detour.engine));
        const limits = { wallTimeMs: 1000 };
        const run = probe(used, await bareRoot(engine), ['sleep', '60000'], { limits });
        await runningContainer(engine, used.home);
        detour.block();
        const error = await sandboxErrorOf(run);
        assert.equal(error.retryable, true);
        // A container runs a moment before its supervisor has said so.
        assert.match(error.message, /^the (container did not answer in time|supervisor was not ready)/);
        await used.sandbox.close();
        await removeContainers(engine, used.home);
      });
    });

    describe('a supervisor that is silent', { concurrency: true, skip: !isLocal }, () => {
      test('while a program runs is given up, and the container goes', async () => {
        await using used = await startSandbox(engine);
        await using workspace = await used.sandbox.open(root, []);
        const run = sandboxErrorOf(runProbe(workspace, ['sleep', '60000'], { limits: { wallTimeMs: 500 } }));
        process.kill(await firstProcessOf(engine, await runningContainer(engine, used.home)), 'SIGSTOP');
        const error = await run;
        assert.equal(error.retryable, true);
        assert.equal(error.message, 'the container did not answer in time');
        await eventually('it is removed', async () => (await used.containers()).length === 0);
        assert.equal((await runProbe(workspace, ['exit', '3'])).exitCode, 3);
      });

      test('while it is ready is passed over, and the container goes', async () => {
        await using used = await startSandbox(engine, { poolSize: 1 });
        await assertServes(used, root);
        await eventually('one is ready', () => used.sandbox.pool().idle === 1);
        await eventually('it is the only one', async () => (await used.containers()).length === 1);
        const [idle] = await used.containers();
        process.kill(await firstProcessOf(engine, idle?.Id ?? ''), 'SIGSTOP');
        await assertServes(used, root);
        await eventually('it is removed', async () =>
          (await used.containers()).every(({ Id }) => Id !== idle?.Id),
        );
      });

      test('between two programs is passed over, and the second has its verdict', async () => {
        await using used = await startSandbox(engine);
        await using workspace = await used.sandbox.open(root, []);
        assert.equal((await runProbe(workspace, ['exit', '3'])).exitCode, 3);
        const [kept] = await used.containers();
        process.kill(await firstProcessOf(engine, kept?.Id ?? ''), 'SIGSTOP');
        assert.equal((await runProbe(workspace, ['exit', '4'])).exitCode, 4);
        await eventually('it is removed', async () =>
          (await used.containers()).every(({ Id }) => Id !== kept?.Id),
        );
      });

      test('in every container that is ready, which the engine has frozen, is no failure of any submission', async () => {
        await using used = await startSandbox(engine, { poolSize: 3, slots: 4 });
        for (let count = 1; count <= 3; count++) {
          used.sandbox.warm(root, { ...LIMITS, processes: LIMITS.processes + count });
          await eventually(`${count} are ready`, () => used.sandbox.pool().idle === count);
        }
        const frozen = await used.containers();
        for (const { Id } of frozen) await engine.request('POST', `/containers/${Id}/pause`);
        await Promise.all([1, 2, 3, 4].map(() => assertServes(used, root)));
        await eventually('they are removed', async () => {
          const there = new Set((await used.containers()).map(({ Id }) => Id));
          return frozen.every(({ Id }) => !there.has(Id));
        });
      });
    });
  });
}

/** The same engine, given a hundredth of the time for each call. `onAnswer` hears of each call that was answered. */
function impatient(patient: DockerEngine, onAnswer: (what: string) => void = () => {}): DockerEngine {
  const HASTE = 100;
  return {
    ...patient,
    request: async (method, path, options = {}) => {
      assert.ok(options.timeoutMs !== undefined, `${path} is asked for without a time limit`);
      const timeoutMs = options.timeoutMs / HASTE;
      const answer = await patient.request(method, path, { ...options, timeoutMs });
      onAnswer(`${method} ${path.split('/').length > 3 ? path.split('/').at(-1) : path}`);
      return answer as never;
    },
    attach: async (id, timeoutMs) => {
      const stream = await patient.attach(id, timeoutMs / HASTE);
      onAnswer('POST attach');
      return stream;
    },
  };
}
