// Containers that cannot be started: a clear error at once, and nothing is left.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { engineForTests } from '../../../test/docker-engine.ts';
import { createTestLog } from '../../log-fixture.ts';
import { PROJECT_ROOT } from '../../settings/setting.ts';
import { boxLabels } from '../labels.ts';
import { startContainer } from './container.ts';
import { specOf } from './container-size.ts';
import {
  bareRoot,
  describeError,
  LIMITS,
  nothingLeft,
  probe,
  sandboxErrorOf,
  startSandbox,
} from './docker-fixture.ts';

const { engine } = await engineForTests();
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
      await nothingLeft(engine, used.home);
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
      await nothingLeft(engine, used.home);
    });

    test('for want of its runtime names it, and leaves nothing', async () => {
      await using used = await startSandbox(engine, { runtime: 'no-such-runtime' });
      const error = await sandboxErrorOf(probe(used, await bareRoot(engine), ['exit', '0']));
      assert.equal(error.retryable, false);
      assert.match(error.message, /no-such-runtime/);
      await nothingLeft(engine, used.home);
    });

    test('with a profile of system calls that the engine refuses leaves nothing', async () => {
      const home = crypto.randomUUID();
      const { image } = await bareRoot(engine);
      for (const seccompProfile of ['{"defaultAction":"SCMP_ACT_NOTHING"}', '{', '{"syscalls":[{}]}']) {
        const parts = {
          engine,
          settings: { seccompProfile, sources: '' },
          identity: { uid: 61_255, labels: boxLabels(home, 'test') },
          log: createTestLog(),
        };
        const error = await sandboxErrorOf(startContainer(parts, specOf({ image, fingerprint: '' }, LIMITS)));
        assert.match(error.message, /^a container cannot be had: POST .*seccomp/i, describeError(error));
        await nothingLeft(engine, home);
      }
    });
  });
}
