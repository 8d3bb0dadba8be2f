// Holds the documents to the code: tables in README.md that repeat what the code knows, links, and npm scripts. A table
// is known by the name of its first column.

import assert from 'node:assert/strict';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { test } from 'node:test';
import { CHECKER_TYPES } from '../src/checkers/catalog.ts';
import { settingsTable } from '../src/config.ts';
import { ERROR_CATALOG } from '../src/errors.ts';
import { EXECUTION_STATUSES } from '../src/execution/execution.ts';
import { LANGUAGES } from '../src/languages/catalog.ts';
import { REQUEST_LIMITS } from '../src/limits.ts';
import { anchorsOf, codesIn, localLinksOf, type Table, tablesOf } from './markdown.ts';

const PROJECT = resolve(import.meta.dirname, '..');
const documents = globSync('*.md', { cwd: PROJECT }).map((path) => ({
  path,
  text: readFileSync(join(PROJECT, path), 'utf8'),
}));
const readme = documents.find(({ path }) => path === 'README.md');

/** First column of a table of the README → what must be in it, row for row. */
const TABLES: Readonly<Record<string, { isRequired: boolean; compare: (table: Table) => void }>> = {
  Variable: { isRequired: true, compare: (table) => assert.deepEqual(table, tablesOf(settingsTable())[0]) },
  Status: {
    isRequired: true,
    compare: (table) => assert.deepEqual(firstColumnCodes(table).sort(), [...EXECUTION_STATUSES].sort()),
  },
  Language: {
    isRequired: true,
    compare: ({ rows }) =>
      assert.deepEqual(
        rows.map(([name, names]) => ({ name, names: codesIn(names ?? '') })),
        LANGUAGES.map(({ name, id, aliases }) => ({ name, names: [id, ...aliases] })),
      ),
  },
  Checker: {
    isRequired: false,
    compare: (table) => assert.deepEqual(firstColumnCodes(table), [...CHECKER_TYPES]),
  },
  Code: { isRequired: false, compare: compareErrors },
  Limit: { isRequired: false, compare: compareLimits },
};

function firstColumnCodes({ rows }: Table): string[] {
  return rows.flatMap(([first]) => codesIn(first ?? ''));
}

function compareErrors({ rows }: Table): void {
  const written = rows.flatMap(([codes, status]) =>
    codesIn(codes ?? '').map((code) => [code, Number(status)] as const),
  );
  const known = Object.entries(ERROR_CATALOG).map(([code, { status }]) => [code, status] as const);
  assert.deepEqual(Object.fromEntries(written), Object.fromEntries(known));
}

/** `| Limit | Default | Least | Most | …`. */
function compareLimits({ rows }: Table): void {
  const written = rows.map(([field, ...numbers]) => [
    codesIn(field ?? '')[0],
    ...numbers.slice(0, 3).map(Number),
  ]);
  const known = Object.entries(REQUEST_LIMITS).map(([field, limit]) => [
    field,
    limit.default,
    limit.minimum,
    limit.maximum,
  ]);
  assert.deepEqual(written, known);
}

for (const [firstColumn, { isRequired, compare }] of Object.entries(TABLES)) {
  test(`the README's table of each ${firstColumn.toLowerCase()} agrees with the code`, (t) => {
    const found = tablesOf(readme?.text ?? '').filter(({ header }) => header[0] === firstColumn);
    if (found.length === 0 && !(isRequired && readme)) return t.skip('there is no such table');
    assert.equal(found.length, 1, `README.md must have one table whose first column is ${firstColumn}`);
    for (const table of found) compare(table);
  });
}

test('the documents link only to what is there', () => {
  const broken = documents.flatMap(({ path, text }) =>
    localLinksOf(text)
      .filter((link) => !isThere(path, link))
      .map((link) => `${path} → ${link}`),
  );
  assert.deepEqual(broken, []);
});

function isThere(from: string, link: string): boolean {
  const [file, anchor] = link.split('#');
  const path = file ? join(PROJECT, dirname(from), file) : join(PROJECT, from);
  if (!existsSync(path)) return false;
  return !anchor || !path.endsWith('.md') || anchorsOf(readFileSync(path, 'utf8')).includes(anchor);
}

test('the documents name only npm scripts that there are', () => {
  const { scripts } = JSON.parse(readFileSync(join(PROJECT, 'package.json'), 'utf8')) as { scripts: object };
  const named = documents.flatMap(({ text }) =>
    [...text.matchAll(/npm run ([a-z:-]*[a-z])/g)].map((each) => each[1]),
  );
  assert.deepEqual(
    named.filter((name) => !Object.hasOwn(scripts, name ?? '')),
    [],
  );
});

test('a table that differs from the code is found', () => {
  const [table] = tablesOf(
    'text\n\n| Code | HTTP |\n|---|--:|\n| `not_found`, `conflict` | 404 |\n| a\\|b | c |\n\n| x |',
  );
  assert.deepEqual(table, {
    header: ['Code', 'HTTP'],
    rows: [
      ['`not_found`, `conflict`', '404'],
      ['a|b', 'c'],
    ],
  });
  assert.throws(() => compareErrors(table as Table), assert.AssertionError);
  const [settings] = tablesOf(settingsTable());
  assert.ok(settings && settings.rows.length > 5);
  assert.deepEqual(tablesOf(['```', settingsTable(), '```'].join('\n')), []);
});
