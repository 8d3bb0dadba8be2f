// Compares SECURITY.md with the tests: each attack is a claim, each claim names its test and the protections that the test
// leaves out, and some test leaves out each protection of the supervisor.

import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { test } from 'node:test';
import { codesIn, tablesOf } from '../markdown.ts';
import { ALWAYS_THERE } from './container-protections.ts';

const PROJECT = join(import.meta.dirname, '../..');
const read = (path: string) => readFileSync(join(PROJECT, path), 'utf8');
const tables = tablesOf(read('SECURITY.md'));
const claims = tables.find(({ header }) => header[0]?.startsWith('Claim'))?.rows ?? [];
const inContainers = tables.find(({ header }) => header[1] === 'In a container')?.rows ?? [];
const attacks = globSync('test/escapes/*.test.ts', { cwd: PROJECT }).filter(
  (path) => basename(path) !== basename(import.meta.filename),
);

const leftOutBy = (path: string) =>
  new Set(
    [...read(path).matchAll(/without\(([^)]*)\)/g)].flatMap(([, names]) => names?.match(/[A-Z_]+/g) ?? []),
  );

test('each attack is claimed once, and each claim has its attack', () => {
  const named = claims.map((row) => /\(([^)]*\.test\.ts)\)/.exec(row[3] ?? '')?.[1]);
  assert.deepEqual(named.toSorted(), attacks.toSorted());
});

test('each claim’s test leaves out the protections that the claim names', () => {
  for (const [claim, , without, link] of claims) {
    const path = /\(([^)]*\.test\.ts)\)/.exec(link ?? '')?.[1] ?? '';
    const named = codesIn(without ?? '').flatMap((code) => code.split(' + '));
    for (const protection of named) assert.ok(leftOutBy(path).has(protection), `${claim}: ${protection}`);
  }
});

test('every protection of the supervisor is left out by some attack', () => {
  const known = /enum protection \{([^}]*)\}/.exec(read('supervisor/common.h'))?.[1] ?? '';
  const protections = [...known.matchAll(/^ {2}([A-Z_]+),/gm)].map(([, name]) => name ?? '');
  const leftOut = new Set(attacks.flatMap((path) => [...leftOutBy(path)]));
  assert.ok(protections.length > 30);
  assert.deepEqual(
    protections.filter((name) => !leftOut.has(name)),
    [],
  );
});

test('SECURITY.md lists every attack that differs in a container', () => {
  const listed = new Map(
    inContainers.map(([link = '', what = '']) => [/\((.*)\)/.exec(link)?.[1] ?? '', what]),
  );
  for (const path of listed.keys()) assert.ok(attacks.includes(path), path);
  for (const path of attacks) {
    if (/(native|containers)Only\(/.test(read(path))) assert.ok(listed.has(path), path);
    const isAlwaysThere = [...leftOutBy(path)].some((name) => name in ALWAYS_THERE);
    assert.equal(listed.get(path)?.includes('always there:') ?? false, isAlwaysThere, path);
  }
});
