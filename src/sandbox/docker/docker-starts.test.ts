// Containers that cannot be started, and engines that stay silent: a clear error in a bounded time, and nothing is left.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { engineForTests } from '../../../test/docker-engine.ts';
import type { DockerEngine } from '../../docker/engine.ts';
import { PROJECT_ROOT } from '../../setting.ts';
import { startContainer } from './container.ts';
import {
  bareRoot,
  containersOf,
  describeError,
  LIMITS,
  probe,
  removeContainers,
  runningContainer,
  sandboxErrorOf,
  startDetour,
  startSandbox,
} from './docker-fixture.ts';
import { boxLabels } from './leftovers.ts';
import { specOf } from './submission-container.ts';

const { engine, address } = await engineForTests();
if (engine) {
  describe('a container that cannot be started', () => {
    test('for want of a supervisor in its image says so at once, and leaves nothing', async () => {
      const root = await bareRoot(engine, {
        reference: 'code-execution-service/bare:without-supervisor',
        supervisor: null,
      });
      await using used = await startSandbox(engine);
      const error = await sandboxErrorOf(probe(used, root, ['exit', '0']));
      assert.equal(error.retryable, false);
      assert.match(error.message, /^a container cannot be had: .*supervisor.*no such file/);
      assert.deepEqual(await used.containers(), []);
    });

    test('as its first process ends at once says so, and leaves nothing', async () => {
      const root = await bareRoot(engine, {
        reference: 'code-execution-service/bare:probe-as-supervisor',
        supervisor: join(PROJECT_ROOT, 'supervisor/build/probe'),
      });
      await using used = await startSandbox(engine);
      const error = await sandboxErrorOf(probe(used, root, ['exit', '0']));
      assert.equal(error.retryable, true);
      assert.match(error.message, /the container ended/);
      assert.deepEqual(await used.containers(), []);
    });

    test('for want of its runtime names it, and leaves nothing', async () => {
      await using used = await startSandbox(engine, { runtime: 'no-such-runtime' });
      const error = await sandboxErrorOf(probe(used, await bareRoot(engine), ['exit', '0']));
      assert.equal(error.retryable, false);
      assert.match(error.message, /no-such-runtime/);
      assert.deepEqual(await used.containers(), []);
    });

    test('with a profile of system calls that the engine refuses leaves nothing', async () => {
      const home = crypto.randomUUID();
      const { image } = await bareRoot(engine);
      for (const seccompProfile of ['{"defaultAction":"SCMP_ACT_NOTHING"}', '{', '{"syscalls":[{}]}']) {
        const parts = {
          engine,
          settings: { seccompProfile, sources: '' },
          identity: { uid: 61_255, labels: boxLabels(home, 'test') },
          log: () => {},
        };
        const error = await sandboxErrorOf(startContainer(parts, specOf({ image, fingerprint: '' }, LIMITS)));
        assert.match(error.message, /^a container cannot be had: POST .*seccomp/i, describeError(error));
        assert.deepEqual(await containersOf(engine, home), []);
      }
    });
  });

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
        const used = await startSandbox(impatient(detour.engine, (what) => what === after && detour.block()));
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
      assert.equal(error.message, 'the container did not answer in time');
      await used.sandbox.close();
      await removeContainers(engine, used.home);
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
