// The attacks of test/escapes on the Docker driver: all of them in one process, with one engine of their own.

import { globSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, test } from 'node:test';
import { whyNoOwnEngine } from '../docker-engine.ts';

const ATTACKS = join(import.meta.dirname, '../escapes');
const skip = whyNoOwnEngine();

if (skip === false) {
  process.env.ESCAPES_SANDBOX = 'docker';
  await import('../escapes/attack.ts'); // here, so that what it closes is closed after the last of the files
  describe('containers', async () => {
    for (const path of globSync(join(ATTACKS, '*.test.ts')).toSorted()) {
      if (basename(path) === 'claims.test.ts') continue;
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      describe(basename(path, '.test.ts'), () => import(path).then(() => resolve(), reject));
      await promise;
    }
  });
} else {
  test('the attacks on containers', { skip }, () => {});
}
