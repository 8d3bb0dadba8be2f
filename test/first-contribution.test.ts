// Follows the steps of CONTRIBUTING.md for a first checker in a copy of src/checkers/: the files that it shows, and the
// names that it adds to the catalog.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempDisposableSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { test } from 'node:test';

const PROJECT = resolve(import.meta.dirname, '..');
const guide = readFileSync(join(PROJECT, 'CONTRIBUTING.md'), 'utf8');
const section = guide.split(/^## /m).find((each) => each.startsWith('A first contribution')) ?? '';

/** The blocks of TypeScript, by the file that the step before each names. */
function filesShown(): { path: string; text: string }[] {
  const steps = section.matchAll(/Write `(src\/checkers\/[a-z.-]+)`[^`]*```ts\n([\s\S]*?) {3}```/g);
  return [...steps].map(([, path = '', text = '']) => ({ path, text: text.replace(/^ {3}/gm, '') }));
}

/** Puts `line` before the end of the list that begins with `start`. */
function append(text: string, start: string, line: string): string {
  const end = text.slice(text.indexOf(start)).search(/^[\]}]/m) + text.indexOf(start);
  return `${text.slice(0, end)}  ${line},\n${text.slice(end)}`;
}

function addToCatalog(path: string): void {
  const entry = /`(first_line: [^`]+)`/.exec(section)?.[1] ?? '';
  const name = /`('first_line')`/.exec(section)?.[1] ?? '';
  const catalog = readFileSync(path, 'utf8');
  const named = append(append(catalog, 'export const CHECKER_TYPES', name), 'const COMPARISONS', entry);
  writeFileSync(path, `import { compareFirstLine } from './first-line.ts';\n${named}`);
}

test('the steps for a first checker work as CONTRIBUTING.md shows them', () => {
  using copy = mkdtempDisposableSync(join(tmpdir(), 'contribution-'));
  cpSync(join(PROJECT, 'src/checkers'), join(copy.path, 'src/checkers'), { recursive: true });
  writeFileSync(join(copy.path, 'package.json'), '{"type": "module"}');
  const files = filesShown();
  const isContributed = existsSync(join(copy.path, 'src/checkers/first-line.ts'));
  assert.deepEqual(
    files.map(({ path }) => path),
    ['src/checkers/first-line.ts', 'src/checkers/first-line.test.ts'],
  );
  for (const { path, text } of files) writeFileSync(join(copy.path, path), text);
  // Someone who followed the steps runs this test too, with the contribution in place.
  if (!isContributed) addToCatalog(join(copy.path, 'src/checkers/catalog.ts'));
  const { NODE_TEST_CONTEXT: _, ...env } = process.env;
  const words = ['--test', '--test-reporter=tap', 'src/checkers/first-line.test.ts'];
  const { stdout, status } = spawnSync(process.execPath, words, { cwd: copy.path, env, encoding: 'utf8' });
  assert.equal(status, 0, stdout);
  assert.match(stdout, /^# pass 2$/m);
});
