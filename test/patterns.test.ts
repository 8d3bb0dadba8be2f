// No regular expression of the service takes more than its share of CPU time, whatever text it meets. The patterns are
// found in the source, so that a new one is under the same test; where a file's texts come from decides how long they
// may be.

import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { KEY_NAME } from '../src/access/key.ts';
import {
  COMPLEXITY_LIMITS,
  OUTPUT_FILES,
  PAGE_CURSOR_PATTERN,
  PROBLEM_ID_PATTERN,
  USER_ID_PATTERN,
} from '../src/limits.ts';
import { KIB } from '../src/units.ts';
import { readModules } from './module-graph.ts';
import { patternsOf, worstTexts } from './patterns.ts';
import { PROJECT } from './service.ts';

/**
 * Characters of the longest text that a pattern of each folder or file meets, the first that fits. A quarter of a
 * megabyte stands for everything that a program, a source or a request may be longer than: what takes the square of
 * its length needs minutes for that.
 */
const LENGTHS: readonly [place: string, characters: number][] = [
  ['src/languages/', 256 * KIB],
  ['src/execution/', 256 * KIB],
  ['src/checkers/', 256 * KIB],
  // The page of documentation is the service's own.
  ['src/http/documentation.ts', 4 * KIB],
  ['src/http/', 256 * KIB],
  // Commands and bodies that are longer are not looked at.
  ['src/validation/engine/harmless-calls.ts', 512],
  // In a process that is ended at its CPU limit; a line of a source is refused beyond this length.
  ['src/validation/', COMPLEXITY_LIMITS.longest_line],
  // Requests to the gateway have bounded paths and bodies of its own service.
  ['src/docker/gateway/', 16 * KIB],
  // Settings, keys, and what this machine, its tools and its engine say.
  ['src/', 4 * KIB],
];

/** A linear pattern needs a hundredth of it. */
const MAX_CPU_MS = 1000;

/** Patterns that are put together at run time, written without backslashes, or their file, with what they come to. */
const CONSTRUCTED: Readonly<Record<string, RegExp>> = {
  'src/validation/engine/harmless-calls.ts':
    /^@?(\/usr)?(\/bin\/)?(clear( -\w)?|mode [\w :,=]+|tput( \w+){1,3}|stty( [\w-]+){1,6}|printf ["']?[\\\w;[]{1,20}["']?|read( [\w .,:'"-]*)?|title [^/$`<>|]*|)( *\d?> ?(nul|\/dev\/null|&1))*$/i,
  'new RegExp(OUTPUT_FILES.pattern)': new RegExp(OUTPUT_FILES.pattern),
  'new RegExp(PAGE_CURSOR_PATTERN)': new RegExp(PAGE_CURSOR_PATTERN),
  'new RegExp(USER_ID_PATTERN)': new RegExp(USER_ID_PATTERN),
  'new RegExp(`^${PROBLEM_ID_PATTERN}$`)': new RegExp(`^${PROBLEM_ID_PATTERN}$`),
  'new RegExp(`^${KEY_NAME}$`)': new RegExp(`^${KEY_NAME}$`),
  "new RegExp(`^(${KEY_NAME}):sha256:([0-9a-f]{64})$`, 'i')": new RegExp(
    `^(${KEY_NAME}):sha256:([0-9a-f]{64})$`,
    'i',
  ),
  "new RegExp(`^(${Object.keys(COMPLEXITY_LIMITS).join('|')})=[1-9]d{0,8}$`)":
    /^(lines|longest_line)=[1-9]\d{0,8}$/,
  "new RegExp(`^${name}:[ t]*(.*)$`, 'im')": /^URIs:[ \t]*(.*)$/im,
  'new RegExp(`[w>*&]]s+[*&]?${word}s*(([^;{}#"]*)s*(consts*)?{|[=;,[])`)':
    /[\w>*&\]]\s+[*&]?word\s*(\([^;{}#"]*\)\s*(const\s*)?\{|[=;,[])/,
  "new RegExp(`^(${PRESET_NAMES.join('|')}|([a-z]+|*)/([a-z_-]+|*)=(error|warning|off))$`)":
    /^(course|contest|([a-z]+|\*)\/([a-z_-]+|\*)=(error|warning|off))$/,
  "new RegExp(`^/${patterns.join('/')}/?$`)": /^\/api\/[^/]+\/metrics\/[^/]+\/?$/,
  "new RegExp(`^(${COMPAT_APIS.join('|')})$`)": /^(piston|judge0|jobe)$/,
  'new RegExp(`^${shown}$`)': /^-fno-strict-aliasing$/,
  'new RegExp(`^-std=${standard.source}$`)': /^-std=(?:gnu|c)\+\+(?:98|03|11|14|17|20|23)$/,
  "new RegExp(`(${CHARACTERS})|[x80-xff]`, 'g')":
    /((?:[\0-\x7f]|[\xc2-\xdf][\x80-\xbf]|[\xe1-\xef][\x80-\xbf]{2}|[\xf1-\xf3][\x80-\xbf]{3}){1,4096})|[\x80-\xff]/g,
};

function lengthFor(path: string): number {
  return LENGTHS.find(([place]) => path.startsWith(place))?.[1] ?? assert.fail(path);
}

function cpuMsOf(task: () => void): number {
  const start = process.cpuUsage();
  task();
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1000;
}

const sources = readModules(PROJECT, ['src/**/*.ts']).filter(
  ({ path }) => !/\.test\.ts$|-fixture\.ts$|-contract\.ts$|-for-tests\.ts$/.test(path),
);
const found = sources.flatMap(({ path, text }) => patternsOf(path, text).map((one) => ({ path, ...one })));

test('patterns are found', () => {
  assert.ok(found.some(({ path }) => path === 'src/languages/python.ts'));
  assert.ok(found.some(({ pattern }) => pattern === null));
});

test('the worst texts show a pattern that takes the square of their length', () => {
  for (const pattern of [
    /FATAL ERROR: .*(out of memory|allocation failed)/i,
    /\d+(?:\.\d+)+/,
    /[ \t]+$/,
    /<script[^>]*>/,
  ]) {
    const longest = (length: number) =>
      Math.max(...[...worstTexts(pattern, length)].map((text) => cpuMsOf(() => pattern.exec(text))));
    // Linear is 8 times as long, the square 64 times. Before a pattern is compiled it runs slowly.
    longest(4 * KIB);
    // A pause in the shorter measurement hides the growth, so the largest of several ratios counts.
    const ratios = Array.from({ length: 4 }, () => longest(32 * KIB) / longest(4 * KIB));
    assert.ok(Math.max(...ratios) > 16, `${pattern}: ${ratios}`);
  }
});

suite('no text is long to match', () => {
  for (const { path, text, pattern } of found) {
    test(`${path}: ${text}`, () => {
      const resolved =
        pattern ??
        CONSTRUCTED[text.replaceAll('\\', '')] ??
        CONSTRUCTED[path] ??
        assert.fail(`add what ${text} comes to`);
      for (const worst of worstTexts(resolved, lengthFor(path))) {
        const matching = new RegExp(resolved.source, resolved.flags);
        const cpuMs = cpuMsOf(() => matching.exec(worst));
        assert.ok(
          cpuMs < MAX_CPU_MS,
          `${cpuMs} ms for ${worst.length} of ${JSON.stringify(worst.slice(0, 60))}`,
        );
      }
    });
  }
});
