// The native driver passes the contract.

import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sandboxContract } from '../sandbox-contract.ts';
import { createNativeSandbox } from './native-sandbox.ts';

sandboxContract('native', async () =>
  createNativeSandbox({
    slots: 2,
    dataDirectory: await mkdtemp(join(tmpdir(), 'native-sandbox-')),
    artifactCacheBytes: 64 * 1024 * 1024,
    log: () => undefined,
  }),
);
