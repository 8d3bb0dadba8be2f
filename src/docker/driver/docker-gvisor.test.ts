// The Docker driver with containers on gVisor: the contract.

import { randomUUID } from 'node:crypto';
import { after, test } from 'node:test';
import { buildBareImage } from '../../../test/bare-image.ts';
import { GVISOR_RUNTIME, startGvisorEngine, whyNoGvisorEngine } from '../../../test/gvisor.ts';
import { createTestLog } from '../../log-fixture.ts';
import { sandboxContract } from '../../sandbox/sandbox-contract.ts';
import { MIB } from '../../units.ts';
import { createDockerSandbox } from './docker-sandbox.ts';

const OWN_TMP = 'gVisor mounts a file system on /tmp that has no bound but memory';
const SAMPLED =
  'what gVisor counts is looked at every few milliseconds, and what comes and goes between is not seen';
/** Cases that containers on gVisor do not pass. */
const SKIP = {
  'no way out of the box is open': 'devices, /proc and the OOM scores are those of gVisor’s own kernel',
  'a program can reopen its output, but not read it': 'gVisor waits for a writer that is there',
  'a full disk is ENOSPC': OWN_TMP,
  'empty files are limited too': OWN_TMP,
  'runs after one that ran out of memory are not affected': SAMPLED,
  'the reported memory is the memory used': SAMPLED,
  'closing ends all runs, and then no workspace can be opened':
    'its processes are none that the machine shows',
};

const skip = whyNoGvisorEngine();
if (skip === false) {
  const own = await startGvisorEngine();
  after(() => own.close());
  const image = await buildBareImage(own.engine);
  const root = { fingerprint: image, image };
  sandboxContract(
    'gVisor',
    async () => {
      const sandbox = await createDockerSandbox({
        engine: own.engine,
        runtime: GVISOR_RUNTIME,
        slots: 2,
        poolSize: 2,
        artifactCacheBytes: 64 * MIB,
        home: randomUUID(),
        log: createTestLog((entry) => entry.level !== 'info' && console.error(entry)),
      });
      await sandbox.selfTest(root);
      return sandbox;
    },
    {
      root,
      timeFactor: 2,
      skip: SKIP,
      withoutTerminals: 'a program in a container could make terminals without a bound',
    },
  );
} else {
  test('the contract on gVisor', { skip }, () => {});
}
