// Attacks on containers that run on gVisor. Its kernel refuses many of them by itself, and its protections cannot be left
// out: that they fail is all that is shown. Those that it is known not to stop are not among them, see SECURITY.md.

import { join } from 'node:path';
import { describe, test } from 'node:test';
import { GVISOR_RUNTIME, whyNoGvisorEngine } from '../gvisor.ts';

const ATTACKS = [
  ...[
    'become-root',
    'foreign-architecture',
    'fork-bomb',
    'inherited-descriptors',
    'io-uring',
    'kernel-interfaces',
  ],
  ...[
    'kill-others',
    'left-files',
    'left-marks',
    'machine-control',
    'mounts',
    'namespaces',
    'socket-families',
    'sparse-file',
  ],
  'trace-others',
];
const skip = whyNoGvisorEngine();

if (skip === false) {
  process.env.ESCAPES_SANDBOX = 'docker';
  process.env.ESCAPES_RUNTIME = GVISOR_RUNTIME;
  await import('../escapes/attack.ts'); // here, so that what it closes is closed after the last of the files
  describe('containers on gVisor', async () => {
    for (const name of ATTACKS) {
      const path = join(import.meta.dirname, '../escapes', `${name}.test.ts`);
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      describe(name, () => import(path).then(() => resolve(), reject));
      await promise;
    }
  });
} else {
  test('attacks on containers on gVisor', { skip }, () => {});
}
