// The attacks on the wall between boxes and their container: those of test/escapes that reach for privilege, namespaces,
// devices, mounts and other processes, in boxes that are made in a container without privilege. ESCAPES_SANDBOX=nested
// runs any other file of test/escapes there.

import { join } from 'node:path';
import { describe, test } from 'node:test';
import { whyNoOwnEngine } from '../docker-engine.ts';

const ATTACKS = [
  ...['become-root', 'devices', 'host-paths', 'inherited-descriptors', 'kernel-interfaces', 'kill-others'],
  ...[
    'machine-control',
    'memory-bomb',
    'mounts',
    'namespaces',
    'network',
    'proc',
    'root-files',
    'setuid-program',
  ],
  ...['trace-others'],
];
const skip = whyNoOwnEngine();

if (skip === false) {
  process.env.ESCAPES_SANDBOX = 'nested';
  await import('../escapes/attack.ts'); // here, so that what it closes is closed after the last of the files
  describe('boxes in a container', async () => {
    for (const name of ATTACKS) {
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      const path = join(import.meta.dirname, `../escapes/${name}.test.ts`);
      describe(name, () => import(path).then(() => resolve(), reject));
      await promise;
    }
  });
} else {
  test('the attacks on boxes in a container', { skip }, () => {});
}
