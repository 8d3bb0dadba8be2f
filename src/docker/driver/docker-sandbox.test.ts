// The Docker driver on a real engine: the contract, with a container for each submission and with boxes in one.

import { randomUUID } from 'node:crypto';
import { buildBareImage } from '../../../test/bare-image.ts';
import { engineForTests } from '../../../test/docker-engine.ts';
import { createTestLog } from '../../log-fixture.ts';
import { sandboxContract } from '../../sandbox/sandbox-contract.ts';
import { MIB } from '../../units.ts';
import { createDockerSandbox } from './docker-sandbox.ts';
import { createNestedSandbox } from './nested-sandbox.ts';

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
}
