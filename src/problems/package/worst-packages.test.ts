// No package keeps the event loop busy, however its few bytes are arranged.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cpuTimeMsOf } from '../../../test/cpu-time.ts';
import { isExported, readExported } from './exported.ts';
import { packageFiles } from './package-files.ts';
import { readPackage } from './read-package.ts';

type Files = Readonly<Record<string, string>>;

/** Without their bounds, each takes more than two seconds. */
const MAX_CPU_MS = 1000;

const many = (count: number, of: (index: number) => Files): Files =>
  Object.assign({}, ...Array.from({ length: count }, (_, index) => of(index)));
const withTests = (count: number): Files => ({
  'problem.yaml': 'name: Worst',
  ...many(count, (index) => ({ [`data/secret/${index}.in`]: '', [`data/secret/${index}.ans`]: '' })),
});

const WORST: Readonly<Record<string, Files>> = {
  'settings that are read for each test': {
    ...withTests(900),
    'data/secret/testdata.yaml': Array.from({ length: 1500 }, (_, index) => `k${index}: a`).join('\n'),
  },
  'a directory for each submission': {
    ...withTests(1),
    ...many(4900, (index) => ({ [`submissions/${index}/a.py`]: '' })),
  },
  'a definition of brackets': { 'problem.json': '['.repeat(4_000_000) },
  'a definition of names': {
    'problem.json': `{${Array.from({ length: 1_000_000 }, (_, index) => `"${index}":1`)}}`,
  },
};

for (const [name, entries] of Object.entries(WORST)) {
  test(name, async () => {
    const unpacked = Object.entries(entries).map(([path, text]) => ({ path, content: Buffer.from(text) }));
    const read = () => {
      const files = packageFiles(unpacked, ['problem.yaml', 'problem.json']);
      return isExported(files) ? readExported(files) : readPackage(files);
    };
    const took = await cpuTimeMsOf(() =>
      'problem.json' in entries ? assert.throws(read, /must not have more levels or values/) : read(),
    );
    assert.ok(took < MAX_CPU_MS, `${took} ms`);
  });
}
