// The embedded store passes the cases of all stores. A crash is a copy of its directory at that moment, which is what the
// end of every process leaves.

import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'node:test';
import { type StoreChoices, type StoreUnderTest, testStoreContract } from '../store-contract.ts';
import { type EmbeddedStoreOptions, openEmbeddedStore } from './embedded-store.ts';

const LIMITS = {
  maxExecutions: 1000,
  maxTaskBytes: 1e9,
  maxStoredBytes: 1e9,
  resultTtlMs: 1e9,
  sync: 'normal',
} as const;
const log = { warn: () => {}, error: () => {} };

async function open(
  directory: string,
  options: Omit<EmbeddedStoreOptions, 'directory'>,
): Promise<StoreUnderTest> {
  const store = await openEmbeddedStore({ directory, ...options });
  return {
    store,
    afterCrash: async () => {
      const copy = await mkdtemp(join(tmpdir(), 'store-test-'));
      await cp(directory, copy, { recursive: true });
      return open(copy, options);
    },
    [Symbol.asyncDispose]: async () => {
      await store.close();
      await rm(directory, { recursive: true });
    },
  };
}

suite('the embedded store', () => {
  testStoreContract(async (choices: StoreChoices = {}) =>
    open(await mkdtemp(join(tmpdir(), 'store-test-')), { ...LIMITS, log, ...choices }),
  );
});
