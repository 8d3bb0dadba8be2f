// Compares the documents with the code: tables that repeat what the code knows, generated files, links, and npm
// scripts. A table is identified by its document and the name of its first column.

import assert from 'node:assert/strict';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { test } from 'node:test';
import { SCOPES } from '../src/access/key.ts';
import { EXECUTION_STATUSES } from '../src/api/execution.ts';
import { CHECKER_TYPES } from '../src/checkers/catalog.ts';
import { ERROR_CATALOG } from '../src/errors.ts';
import { FURTHER_LANGUAGES, KNOWN_LANGUAGES, LANGUAGES } from '../src/languages/catalog.ts';
import type { Language } from '../src/languages/language.ts';
import { REQUEST_LIMITS } from '../src/limits.ts';
import { environmentExample, settingsDocument } from '../src/settings/config-report.ts';
import { ANALYSES } from '../src/validation/catalog.ts';
import { PRESET_NAMES } from '../src/validation/presets.ts';
import { anchorsOf, codesIn, localLinksOf, type Table, tablesOf } from './markdown.ts';

const PROJECT = resolve(import.meta.dirname, '..');
const read = (path: string) => readFileSync(join(PROJECT, path), 'utf8');
const PATTERNS = ['*.md', '{bench,docs,images}/*.md', '.github/**/*.md'];
const documents = globSync(PATTERNS, { cwd: PROJECT }).map((path) => ({ path, text: read(path) }));

/** Document and first column of a table → what the table must contain. */
const TABLES: readonly (readonly [string, string, (table: Table) => void])[] = [
  [
    'docs/api.md',
    'Status',
    (table) => assert.deepEqual(firstColumnCodes(table).sort(), [...EXECUTION_STATUSES].sort()),
  ],
  ['docs/api.md', 'Code', compareErrors],
  ['docs/api.md', 'Checker', (table) => assert.deepEqual(firstColumnCodes(table), [...CHECKER_TYPES])],
  ['docs/api.md', 'Limit', compareLimits],
  ['docs/languages.md', 'Language', (table) => compareLanguages(table, LANGUAGES)],
  ['docs/languages.md', 'Further language', (table) => compareLanguages(table, FURTHER_LANGUAGES)],
  ['docs/validation.md', 'Preset', (table) => assert.deepEqual(firstColumnCodes(table), [...PRESET_NAMES])],
  ['docs/validation.md', 'Rule', compareRules],
  ['docs/troubleshooting.md', 'Message', compareMessages],
  ['docs/troubleshooting.md', 'Last line', compareMessages],
  ['docs/deploy.md', 'Scope', (table) => assert.deepEqual(firstColumnCodes(table), [...SCOPES])],
];

function firstColumnCodes({ rows }: Table): string[] {
  return rows.flatMap(([first]) => codesIn(first ?? ''));
}

/** Each message is in a source as it is here, but for what `…` stands for. */
function compareMessages({ rows }: Table): void {
  const sources = globSync(['src/**/*.ts', 'scripts/*.{ts,mjs}', 'supervisor/*.c'], { cwd: PROJECT });
  const text = sources.map(read).join('\n');
  const parts = rows.flatMap(([message]) => codesIn(message ?? '')).flatMap((code) => code.split(/…|\d+\S*/));
  for (const part of parts.map((each) => each.trim()).filter((each) => each.length > 5))
    assert.ok(text.includes(part), `no source has the message "${part}"`);
}

/** `| Code | HTTP | …`, in the order of the catalogue. */
function compareErrors({ rows }: Table): void {
  const written = rows.map(([code, status]) => [codesIn(code ?? '')[0], Number(status)]);
  assert.deepEqual(
    written,
    Object.entries(ERROR_CATALOG).map(([code, { status }]) => [code, status]),
  );
}

/** `| Language | Names | …`, in the order of the catalog. */
function compareLanguages({ rows }: Table, languages: readonly Language[]): void {
  const written = rows.map(([name, names]) => ({ name, names: codesIn(names ?? '') }));
  const known = languages.map(({ name, id, aliases }) => ({ name, names: [id, ...aliases] }));
  assert.deepEqual(written, known);
}

/** `| Rule | Languages | Severity | …`, where the languages are `all`, `all but …` or their names. */
function compareRules({ rows }: Table): void {
  const validated = KNOWN_LANGUAGES.filter(({ id }, index) => {
    const first = KNOWN_LANGUAGES.findIndex((each) => ANALYSES[each.id] === ANALYSES[id]);
    return id in ANALYSES && first === index;
  });
  const names = validated.map(({ name }) => name);
  const written = rows.flatMap(([rule = '', languages = '', severity]) => {
    const [isAllBut, listed] = [/^all/.test(languages), languages.replace(/^all( but)? ?/, '').split(', ')];
    const chosen = names.filter((name) => listed.includes(name) !== isAllBut);
    return chosen.map((name) => `${name} ${codesIn(rule)[0]} ${severity}`);
  });
  const known = validated.flatMap(({ id, name }) =>
    (ANALYSES[id]?.rules ?? []).map((rule) => `${name} ${rule.id} ${rule.severity}`),
  );
  assert.deepEqual(written.sort(), known.sort());
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

for (const [path, firstColumn, compare] of TABLES) {
  test(`the table of each ${firstColumn.toLowerCase()} in ${path} agrees with the code`, () => {
    const found = tablesOf(read(path)).filter(({ header }) => header[0] === firstColumn);
    assert.equal(found.length, 1, `${path} must have one table whose first column is ${firstColumn}`);
    for (const table of found) compare(table);
  });
}

for (const [path, written] of [
  ['docs/settings.md', settingsDocument],
  ['.env.example', environmentExample],
] as const) {
  test(`${path} is what \`npm run documents\` writes`, () => {
    assert.equal(read(path), written());
  });
}

test('README.md has at most 120 lines, and leads to every page of docs/', () => {
  const readme = read('README.md');
  assert.ok(readme.trimEnd().split('\n').length <= 120);
  const linked = new Set(localLinksOf(readme).map((link) => link.split('#')[0]));
  const pages = globSync('docs/*.md', { cwd: PROJECT });
  assert.ok(pages.length > 0);
  assert.deepEqual(
    pages.filter((path) => !linked.has(path)),
    [],
  );
});

test('the documents link only to files and headings that exist', () => {
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

test('the documents name only paths of the project that exist', () => {
  const path = /^(?:\.ci|\.github|bench|deploy|docs|examples|images|scripts|src|supervisor|test)\/[\w./-]+$/;
  const missing = documents.flatMap((document) =>
    codesIn(document.text)
      .filter((code) => path.test(code) && !existsSync(join(PROJECT, code)) && !isExample(code))
      .map((code) => `${document.path}: ${code}`),
  );
  assert.deepEqual(missing, []);
});

/** Files that CONTRIBUTING.md has its reader write. */
function isExample(path: string): boolean {
  return path.startsWith('src/checkers/first-line.');
}

test('the documents name only npm scripts that exist', () => {
  const { scripts } = JSON.parse(read('package.json')) as { scripts: object };
  const named = documents.flatMap(({ text }) =>
    [...text.matchAll(/npm run (?:--silent )?([a-z:-]*[a-z])/g)].map((each) => each[1]),
  );
  assert.deepEqual(
    named.filter((name) => !Object.hasOwn(scripts, name ?? '')),
    [],
  );
});

test('a table that differs from the code is found', () => {
  const limits = ['| Limit | Default | Least | Most |', '|---|--:|---|---|', '| `time_limit` | 5 | 1 | 31 |'];
  const [table] = tablesOf(['Text', '', ...limits, '', '| no | table |'].join('\n'));
  assert.deepEqual(table, {
    header: ['Limit', 'Default', 'Least', 'Most'],
    rows: [['`time_limit`', '5', '1', '31']],
  });
  assert.throws(() => compareLimits(table as Table), assert.AssertionError);
  assert.deepEqual(tablesOf(['```', ...limits, '```'].join('\n')), []);
  assert.deepEqual(codesIn('`a`\n\n  ```ts\n  `b`\n  ```\n\nand `c`'), ['a', 'c']);
  assert.equal(isThere('README.md', 'nowhere.md'), false);
  assert.equal(isThere('README.md', '#no-such-heading'), false);
});
