// The shape of the source tree as rules: which folder may import which, and how a file begins. Each rule returns
// sentences that name the file and the rule it breaks. Circles, re-exports and file names are rules of biome.json.

import { dirname } from 'node:path';
import type { Import, Module } from './module-graph.ts';

interface Arrows {
  /** Folders and files of `src/` that may be imported. */
  readonly any?: readonly string[];
  /** Those of which only types may be imported. */
  readonly types?: readonly string[];
}

/** The arrows: which part may import which. Every folder and file of `src/` must have a row. */
const ARROWS: Readonly<Record<string, Arrows>> = {
  http: {
    any: ['api', 'access', 'json-shape.ts', 'mcp', 'metrics', 'submissions', 'zip-files.ts'],
    types: ['execution', 'languages', 'queue', 'settings', 'traces'],
  },
  submissions: {
    any: ['api', 'checkers', 'execution', 'languages', 'problems', 'validation', 'zip-files.ts'],
    types: ['metrics', 'queue', 'store', 'toolchains', 'traces'],
  },
  queue: { any: ['execution'], types: ['store'] },
  store: { any: ['execution', 'redis'] },
  builds: { any: ['redis'], types: ['sandbox'] },
  problems: { any: ['api', 'glob.ts', 'json-shape.ts', 'redis'] },
  execution: { any: ['api', 'checkers', 'glob.ts', 'languages', 'sandbox'], types: ['toolchains'] },
  api: { any: ['checkers'] },
  sandbox: {},
  docker: { any: ['log.ts', 'sandbox', 'settings', 'toolchains'], types: ['languages'] },
  toolchains: { any: ['sandbox'], types: ['languages'] },
  validation: {},
  checkers: {},
  languages: {},
  access: { any: ['redis'] },
  metrics: { any: ['redis'], types: ['api', 'execution'] },
  redis: { types: ['settings'] },
  mcp: { types: ['api'] },
  traces: { types: ['execution'] },
  webhooks: { any: ['settings'], types: ['api', 'store'] },
  settings: { any: ['languages', 'validation'] },
  service: {
    any: [
      'access',
      'builds',
      'docker',
      'languages',
      'log.ts',
      'problems',
      'queue',
      'sandbox',
      'settings',
      'store',
      'submissions',
      'toolchains',
      'webhooks',
    ],
    types: ['execution', 'metrics', 'redis', 'traces'],
  },
  'log.ts': { types: ['settings'] },
  'limits.ts': {},
  'errors.ts': {},
  'identifier.ts': {},
  'units.ts': {},
  'glob.ts': {},
  'json-shape.ts': {},
  'zip-files.ts': {},
};
/** Arrows between folders of one part. */
const SIBLINGS: readonly (readonly [RegExp, string])[] = [
  [/^src\/validation\/[^/]+$/, 'src/validation/engine'],
  [/^src\/validation\/cpp$/, 'src/validation/c'],
  [/^src\/validation\/typescript$/, 'src/validation/javascript'],
];
/** Every part may import these. */
const FOR_ALL: Arrows = { any: ['limits.ts', 'errors.ts', 'identifier.ts', 'units.ts'], types: ['log.ts'] };
/** Knows all parts and must not be imported. */
const MAIN = 'main.ts';

/** The rows of ARCHITECTURE.md: part, what it may import, what it may import types of. */
export function arrowsTable(): string[][] {
  const written = (parts: readonly string[] = []) => parts.map((part) => `\`${part}\``).join(', ');
  return Object.entries(ARROWS)
    .filter(([, { any, types }]) => any !== undefined || types !== undefined)
    .map(([part, { any, types }]) => [`\`${part}\``, written(any), written(types)]);
}

const MAX_DEPTH = 3;
/** Kinds of symbol, where a noun of the domain belongs. */
const FORBIDDEN_FOLDERS = [
  'utils',
  'util',
  'common',
  'helpers',
  'services',
  'types',
  'core',
  'lib',
  'shared',
];

/** Tests, contract cases and fixtures may import anything; the product must not import them. */
function isTestCode(path: string): boolean {
  return !path.startsWith('src/') || /\.test\.ts$|-(contract|fixture)\.ts$/.test(path);
}

/** The folder or file directly below `src/` that a path belongs to. */
function partOf(path: string): string {
  return path.split('/')[1] ?? '';
}

/** Imports of `src/` that no arrow allows. */
export function forbiddenImports(modules: readonly Module[]): string[] {
  const violations: string[] = [];
  for (const module of modules) {
    for (const used of module.imports) {
      const problem = importProblem(module.path, used);
      if (problem) violations.push(`${module.path} imports ${used.specifier}: ${problem}`);
    }
  }
  return violations;
}

/** Arrows that no import of the product needs. */
export function unusedArrows(modules: readonly Module[]): string[] {
  const product = modules.filter(({ path }) => !isTestCode(path));
  const uses = product.flatMap(({ path, imports }) =>
    imports.map(({ target, isTypeOnly }) => ({ from: partOf(path), to: partOf(target ?? ''), isTypeOnly })),
  );
  return Object.entries(ARROWS).flatMap(([from, { any = [], types = [] }]) => {
    const unused = any.filter(
      (to) => !uses.some((use) => use.from === from && use.to === to && !use.isTypeOnly),
    );
    const unusedTypes = types.filter((to) => !uses.some((use) => use.from === from && use.to === to));
    return [
      ...unused.map((to) => `${from} imports no value of ${to}`),
      ...unusedTypes.map((to) => `${from} imports no type of ${to}`),
    ];
  });
}

function importProblem(path: string, used: Import): string | null {
  const { target, isTypeOnly } = used;
  if (target === null) return 'there is no such file';
  if (target === `src/${MAIN}`) return 'main.ts must not be imported';
  if (isTestCode(path)) return null;
  if (!target.startsWith('src/')) return target === 'package.json' ? null : `${target} is outside of src/`;
  if (isTestCode(target)) return `${target} is for tests`;
  if (path === `src/${MAIN}`) return null;
  const [from, to] = [partOf(path), partOf(target)];
  if (from === to) return siblingProblem(path, target);
  const arrows = ARROWS[from];
  if (!arrows) return `${from} has no row in the table of arrows`;
  if (arrows.any?.includes(to) || FOR_ALL.any?.includes(to)) return null;
  const isForTypes = arrows.types?.includes(to) || FOR_ALL.types?.includes(to);
  if (!isForTypes) return `${from} may not import ${to}`;
  return isTypeOnly ? null : `${from} may import only types of ${to}`;
}

/** Two folders of one part, such as two languages, may not import each other unless a row allows it. */
function siblingProblem(path: string, target: string): string | null {
  const [from, to] = [dirname(path), dirname(target)];
  const isAbove = from === to || from.startsWith(`${to}/`) || to.startsWith(`${from}/`);
  const isAllowed = SIBLINGS.some(([user, used]) => user.test(from) && used === to);
  return isAbove || isAllowed ? null : `${from} may not import its sibling ${to}`;
}

/** Files of `src/` that are too deep or in a folder without a row. */
export function misplacedFiles(paths: readonly string[]): string[] {
  return paths.flatMap((path) => {
    const parts = path.split('/').slice(1);
    const folders = parts.slice(0, -1);
    const problems: string[] = [];
    if (parts.length > MAX_DEPTH)
      problems.push(`${path} is ${parts.length} levels deep, at most ${MAX_DEPTH}`);
    if (path.endsWith('/index.ts')) problems.push(`${path} is named by no noun`);
    for (const folder of folders.filter((each) => FORBIDDEN_FOLDERS.includes(each)))
      problems.push(`${path} is in ${folder}/, a kind of symbol and no noun of the domain`);
    if (folders.length > 0 && !ARROWS[folders[0] ?? ''])
      problems.push(`${path}: ${folders[0]} has no row in the table of arrows`);
    return problems;
  });
}

/** Files that do not begin with a comment that states their responsibility. */
export function filesWithoutHeader(files: readonly { path: string; text: string }[]): string[] {
  return files
    .filter(({ text }) => !/^(#!.*\n)?(\/\/ |\/\*|# )/.test(text))
    .map(({ path }) => `${path} does not begin with a comment that says what it is responsible for`);
}
