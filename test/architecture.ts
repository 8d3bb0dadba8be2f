// The shape of the source tree as rules: which folder may import which, and what a file looks like. Each rule answers
// with sentences that name the file and the rule it breaks.

import { dirname } from 'node:path';
import { findCycles, type Import, type Module } from './module-graph.ts';

interface Arrows {
  /** Folders and files of `src/` that may be imported. */
  readonly any?: readonly string[];
  /** Those of which only types may be imported. */
  readonly types?: readonly string[];
}

/** The arrows: who may import whom. A folder or file of `src/` without a row may not exist. */
const ARROWS: Readonly<Record<string, Arrows>> = {
  http: {
    any: ['api', 'access', 'languages', 'metrics', 'submissions'],
    types: ['execution', 'queue', 'settings', 'traces'],
  },
  submissions: {
    any: ['api', 'execution', 'languages', 'queue', 'validation'],
    types: ['metrics', 'toolchains', 'traces'],
  },
  queue: { any: ['execution'] },
  execution: { any: ['api', 'checkers', 'languages', 'sandbox'], types: ['toolchains'] },
  api: { any: ['checkers'] },
  sandbox: {},
  docker: { any: ['languages', 'log.ts', 'sandbox', 'settings', 'toolchains'] },
  toolchains: { any: ['sandbox'], types: ['languages'] },
  validation: {},
  checkers: {},
  languages: {},
  access: { types: ['redis'] },
  metrics: { types: ['api', 'execution', 'redis'] },
  redis: {},
  traces: { types: ['execution'] },
  settings: { any: ['languages', 'validation'] },
  service: { any: ['docker', 'languages', 'sandbox', 'settings', 'toolchains'] },
  'log.ts': { types: ['settings'] },
  'limits.ts': {},
  'errors.ts': {},
  'identifier.ts': {},
  'units.ts': {},
};
/** Arrows between folders of one part. */
const SIBLINGS: readonly (readonly [RegExp, string])[] = [
  [/^src\/validation\/[^/]+$/, 'src/validation/engine'],
  [/^src\/validation\/cpp$/, 'src/validation/c'],
  [/^src\/validation\/typescript$/, 'src/validation/javascript'],
];
/** Everyone may import these. */
const FOR_ALL: Arrows = { any: ['limits.ts', 'errors.ts', 'identifier.ts', 'units.ts'], types: ['log.ts'] };
/** The one that knows all parts, and that nobody may import. */
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

/** Tests, contract cases and fixtures use whatever they test; what is served must not use them. */
function isTestCode(path: string): boolean {
  return !path.startsWith('src/') || /\.test\.ts$|-(contract|fixture)\.ts$/.test(path);
}

/** The folder or file directly below `src/` that a path belongs to. */
function partOf(path: string): string {
  return path.split('/')[1] ?? '';
}

/** What is wrong with the imports of the modules of `src/`. */
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

function importProblem(path: string, used: Import): string | null {
  const { target, isTypeOnly } = used;
  if (target === null) return 'there is no such file';
  if (target === `src/${MAIN}`) return 'nobody may import main.ts';
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

/** Two folders inside one part, such as two sandbox drivers, know nothing of each other unless a row allows it. */
function siblingProblem(path: string, target: string): string | null {
  const [from, to] = [dirname(path), dirname(target)];
  const isAbove = from === to || from.startsWith(`${to}/`) || to.startsWith(`${from}/`);
  const isAllowed = SIBLINGS.some(([user, used]) => user.test(from) && used === to);
  return isAbove || isAllowed ? null : `${from} may not import its sibling ${to}`;
}

/** Circles of imports, those of types included. */
export function importCycles(modules: readonly Module[]): string[] {
  return findCycles(modules).map((cycle) => `a circle of imports: ${cycle.join(' → ')}`);
}

/** Names and depth of the files of `src/`. */
export function misplacedFiles(paths: readonly string[]): string[] {
  return paths.flatMap((path) => {
    const parts = path.split('/').slice(1);
    const folders = parts.slice(0, -1);
    const problems: string[] = [];
    if (parts.length > MAX_DEPTH)
      problems.push(`${path} is ${parts.length} levels deep, at most ${MAX_DEPTH}`);
    if (path.endsWith('/index.ts')) problems.push(`${path} is named by no noun`);
    if (!parts.every((part) => /^[a-z0-9]+(-[a-z0-9]+)*(\.[a-z]+)*$/.test(part)))
      problems.push(`${path} is not kebab-case`);
    for (const folder of folders.filter((each) => FORBIDDEN_FOLDERS.includes(each)))
      problems.push(`${path} is in ${folder}/, a kind of symbol and no noun of the domain`);
    if (folders.length > 0 && !ARROWS[folders[0] ?? ''])
      problems.push(`${path}: ${folders[0]} has no row in the table of arrows`);
    return problems;
  });
}

/** Files that hand on what others export. */
export function barrels(modules: readonly Module[]): string[] {
  return modules.flatMap(({ path, imports }) =>
    imports
      .filter((each) => each.isReExport)
      .map(({ specifier }) => `${path} re-exports ${specifier}: import it from there`),
  );
}

/** Files that do not begin with a comment that says what they are for. */
export function filesWithoutHeader(files: readonly { path: string; text: string }[]): string[] {
  return files
    .filter(({ text }) => !/^(#!.*\n)?(\/\/ |\/\*|# )/.test(text))
    .map(({ path }) => `${path} does not begin with a comment that says what it is responsible for`);
}
