// The Docker driver on a real engine: the contract, with a container for each submission and with boxes in one.

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { buildBareImage } from '../../../test/bare-image.ts';
import { engineForTests } from '../../../test/docker-engine.ts';
import { createTestLog } from '../../log-fixture.ts';
import { sandboxContract } from '../../sandbox/sandbox-contract.ts';
import { PROJECT_ROOT } from '../../settings/setting.ts';
import { MIB } from '../../units.ts';
import {
  assertServes,
  eventually,
  runProbe,
  sandboxErrorOf,
  startNested,
  type TestSandbox,
} from './docker-fixture.ts';
import { createDockerSandbox } from './docker-sandbox.ts';
import { createNestedSandbox } from './nested-sandbox.ts';

/** The profile as a container runtime's own might be. */
const WITHOUT_PIVOT_ROOT = JSON.parse(
  readFileSync(join(PROJECT_ROOT, 'deploy/seccomp/code-execution-service.json'), 'utf8'),
  (_key, value) => (Array.isArray(value) ? value.filter((name) => name !== 'pivot_root') : value),
);

const idsOf = async (used: TestSandbox) => (await used.containers()).map(({ Id }) => Id);

const { engine } = await engineForTests();
if (engine) {
  const image = await buildBareImage(engine);
  const root = { fingerprint: image, image };
  sandboxContract(
    'Docker',
    async () => {
      const sandbox = await createDockerSandbox({
        engine,
        slots: 2,
        poolSize: 4,
        artifactCacheBytes: 64 * MIB,
        home: randomUUID(),
        log: createTestLog((entry) => entry.level !== 'info' && console.error(entry)),
      });
      await sandbox.selfTest(root);
      return sandbox;
    },
    { root, withoutTerminals: 'a program in a container could make terminals without a bound' },
  );
  sandboxContract(
    'boxes in a container',
    async () => {
      const sandbox = await createNestedSandbox({
        engine,
        slots: 2,
        artifactCacheBytes: 64 * MIB,
        home: randomUUID(),
        log: createTestLog((entry) => entry.level !== 'info' && console.error(entry)),
      });
      await sandbox.selfTest(root);
      return sandbox;
    },
    { root },
  );

  describe('a container for boxes', () => {
    test('is renewed after its submissions, and the old one ends with its last workspace', async () => {
      await using used = await startNested(engine, { renewAfter: 1 });
      await using first = await used.sandbox.open(root, []);
      const [old] = await used.containers();
      assert.ok(old);
      await assertServes(used, root);
      await eventually('another container is ready', async () => (await used.containers()).length === 2);
      assert.equal((await runProbe(first, ['exit', '0'])).exitCode, 0);
      await first[Symbol.asyncDispose]();
      await eventually('the old one is gone', async () => !(await idsOf(used)).includes(old.Id));
      await assertServes(used, root);
    });

    test('is replaced when it was killed', async () => {
      await using used = await startNested(engine);
      await assertServes(used, root);
      const [killed = ''] = await idsOf(used);
      await engine.request('POST', `/containers/${killed}/kill`);
      await assertServes(used, root);
      assert.notDeepEqual(await idsOf(used), [killed]);
    });

    test('leaves nothing when it is closed', async () => {
      const used = await startNested(engine);
      await assertServes(used, root);
      await used.sandbox.close();
      assert.deepEqual(await used.containers(), []);
    });

    test('without the profile says which system calls are refused', async () => {
      await using used = await startNested(engine, { seccompProfile: JSON.stringify(WITHOUT_PIVOT_ROOT) });
      const error = await sandboxErrorOf(used.sandbox.open(root, []));
      assert.match(
        error.message,
        /refuses what boxes need: pivot_root\. A container gets them with the profile/,
      );
    });
  });
}
