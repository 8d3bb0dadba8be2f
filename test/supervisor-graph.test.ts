// The C files of the supervisor call one another in one direction: no group of them forms a circle.

import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { findCycles, type Import, type Module } from './module-graph.ts';

const SUPERVISOR = join(import.meta.dirname, '../supervisor');
/** Programs of their own, which the tests use. */
const OTHER_PROGRAMS = ['probe.c', 'frame-echo.c', 'slot-probe.c'];
/** A function that other files can call. Statements are indented, so that only definitions begin a line. */
const DEFINITION = /^(?!static\b)[a-z][\w *]*[ *](\w+)\([^;{]*\)\s*\{/gm;

interface Source {
  readonly path: string;
  readonly code: string;
}

function readSources(): Source[] {
  return globSync('*.c', { cwd: SUPERVISOR })
    .filter((path) => !OTHER_PROGRAMS.includes(path))
    .sort()
    .map((path) => ({ path, code: withoutWords(readFileSync(join(SUPERVISOR, path), 'utf8')) }));
}

/** Leaves out comments and strings. */
function withoutWords(text: string): string {
  return text.replace(/"(?:\\.|[^"\\\n])*"/g, '""').replace(/\/\/.*|\/\*[\s\S]*?\*\//g, '');
}

/** Who calls whom, as the modules that `findCycles` understands. */
function callGraph(sources: readonly Source[]): Module[] {
  const owners = new Map(
    sources.flatMap(({ path, code }) => [...code.matchAll(DEFINITION)].map(([, name = '']) => [name, path])),
  );
  return sources.map(({ path, code }) => {
    const names = new Set(code.match(/\w+/g));
    const targets = new Set([...names].map((name) => owners.get(name)));
    const imports = [...targets]
      .filter((target) => target !== undefined && target !== path)
      .map((target) => ({ target, specifier: target, isTypeOnly: false }) as Import);
    return { path, text: code, imports };
  });
}

test('no C file calls one that calls it, over whatever others', () => {
  const cycles = findCycles(callGraph(readSources())).map((cycle) => cycle.join(' → '));
  assert.deepEqual(cycles, []);
});

test('the calls are found, or the absence of a circle shows nothing', () => {
  const graph = new Map(callGraph(readSources()).map((each) => [each.path, each.imports]));
  const calls = (from: string, to: string) => graph.get(from)?.some(({ target }) => target === to) ?? false;
  assert.ok(calls('slot.c', 'slot-box.c'));
  assert.ok(calls('slot-box.c', 'slot-launcher.c'));
  assert.ok(calls('launcher.c', 'box-init.c'));
  assert.ok(calls('container.c', 'cleanup.c'));
  assert.ok(calls('supervisor.c', 'slot.c'));
  const circle = [
    { path: 'a.c', code: withoutWords('int a_first(void) {\n  return b_second("a");\n}\n') },
    { path: 'b.c', code: withoutWords('int b_second(const char *text) { return a_first(); }\n') },
  ];
  assert.deepEqual(findCycles(callGraph(circle)), [['a.c', 'b.c', 'a.c']]);
});
