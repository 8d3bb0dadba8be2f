// This machine's own programs as a root for boxes.

import type { DirectoryRoot } from '../src/sandbox/sandbox.ts';

export const HOST_ROOT: DirectoryRoot = {
  fingerprint: 'bench-host',
  mounts: [
    { kind: 'bind', source: '/usr', target: '/usr' },
    ...['bin', 'lib', 'lib64'].map((name) => ({
      kind: 'symlink' as const,
      source: `usr/${name}`,
      target: `/${name}`,
    })),
  ],
};
