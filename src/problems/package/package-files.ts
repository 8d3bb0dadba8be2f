// The files of a problem package by their paths, below the directory that has its `problem.yaml`, and what is wrong with
// one of them.

import { parse, YAMLParseError } from 'yaml';
import { KIB, MIB } from '../../units.ts';

/** A sentence about a file of a package that cannot be read. */
export class PackageFault extends Error {
  override readonly name = 'PackageFault';
  /** Of the file or directory in the package. */
  readonly path: string;
  constructor(path: string, problem: string) {
    super(`${path} ${problem}`);
    this.path = path;
  }
}

export type PackageFiles = ReadonlyMap<string, Buffer>;

export interface Unpacked {
  readonly path: string;
  readonly content: Buffer;
}

/** Settings of packages are shorter. The parser takes a tenth of a second for the worst text of this length. */
const MAX_YAML_BYTES = 16 * KIB;
/** Of all together: each test and each group may have one. */
const MAX_ALL_YAML_BYTES = 64 * KIB;
/** Of one file. */
const MAX_FILE_BYTES = 64 * MIB;
/** Whether keys are unique is found in the square of their number, so the last one counts. */
const YAML_OPTIONS = { maxAliasCount: 0, logLevel: 'error', uniqueKeys: false } as const;
/** Those that are read. */
const YAML_FILE = /^(problem|submissions\/submissions|data\/.*)\.yaml$/;

/** What tools of systems leave in archives. */
const CLUTTER = /^__MACOSX\/|(^|\/)(\.DS_Store|Thumbs\.db|\.git\/.*)$/;

/** By path, in order. One of `mains` is what a package has at its root, or in the one directory at its root. */
export function packageFiles(unpacked: readonly Unpacked[], mains: readonly string[]): PackageFiles {
  const files = unpacked.filter(({ path }) => !CLUTTER.test(path));
  const root = files.some(({ path }) => mains.includes(path)) ? '' : oneDirectory(files);
  const ordered = files
    .map(({ path, content }) => [path.slice(root.length), content] as const)
    .sort(([one], [other]) => (one < other ? -1 : 1));
  const found = new Map(ordered);
  const [main = ''] = mains;
  if (!mains.some((path) => found.has(path)))
    throw new PackageFault(main, 'is missing: a package has it at its root');
  const large = ordered.find(([, content]) => content.length > MAX_FILE_BYTES);
  if (large !== undefined) throw new PackageFault(large[0], `must have at most ${MAX_FILE_BYTES} bytes`);
  refuseLongYaml(ordered);
  return found;
}

function refuseLongYaml(files: readonly (readonly [path: string, content: Buffer])[]): void {
  let all = 0;
  for (const [path, content] of files.filter(([name]) => YAML_FILE.test(name))) {
    all += content.length;
    if (content.length > MAX_YAML_BYTES)
      throw new PackageFault(path, `must have at most ${MAX_YAML_BYTES} bytes, got ${content.length}`);
    if (all > MAX_ALL_YAML_BYTES)
      throw new PackageFault(
        path,
        `and the YAML files before it must have at most ${MAX_ALL_YAML_BYTES} bytes`,
      );
  }
}

function oneDirectory(files: readonly Unpacked[]): string {
  const [directory = ''] = files[0]?.path.split('/') ?? [];
  const prefix = `${directory}/`;
  return files.every(({ path }) => path.startsWith(prefix)) ? prefix : '';
}

export type Yaml = Readonly<Record<string, unknown>>;

/** What was read, by the content: the settings of a group are asked for with each of its tests. */
const READ = new WeakMap<Buffer, Yaml>();

/** No file, and an empty one, is an empty map. Throws a `PackageFault` with the line. */
export function readYaml(files: PackageFiles, path: string): Yaml {
  const content = files.get(path);
  if (content === undefined) return {};
  const yaml = READ.get(content) ?? parsed(content, path);
  READ.set(content, yaml);
  return yaml;
}

function parsed(content: Buffer, path: string): Yaml {
  try {
    const value: unknown = parse(content.toString('utf8'), YAML_OPTIONS);
    if (value === null || value === undefined) return {};
    if (typeof value !== 'object' || Array.isArray(value)) throw new PackageFault(path, 'must be a map');
    return value as Yaml;
  } catch (error) {
    if (error instanceof PackageFault) throw error;
    const line = error instanceof YAMLParseError ? error.linePos?.[0].line : undefined;
    throw new PackageFault(path, `is not valid YAML${line === undefined ? '' : ` in line ${line}`}`);
  }
}

/** Words of a text, or the entries of a list. */
export function wordsIn(value: unknown, path: string, key: string): readonly string[] {
  if (value === undefined || value === null) return [];
  if (typeof value === 'string') return value.split(/\s+/).filter((word) => word !== '');
  if (Array.isArray(value) && value.every((each) => ['string', 'number'].includes(typeof each)))
    return value.map(String);
  throw new PackageFault(path, `must have ${key} as a text or a list of texts`);
}

/** `undefined` if there is none. */
export function numberIn(yaml: Yaml, key: string, path: string): number | undefined {
  const value = yaml[key];
  if (value === undefined || value === null) return undefined;
  const number = typeof value === 'number' ? value : Number.NaN;
  if (Number.isFinite(number) && number >= 0) return number;
  throw new PackageFault(path, `must have ${key} as a number, not negative, got ${JSON.stringify(value)}`);
}

export function mapIn(yaml: Yaml, key: string, path: string): Yaml {
  const value = yaml[key] ?? {};
  if (typeof value === 'object' && !Array.isArray(value)) return value as Yaml;
  throw new PackageFault(path, `must have ${key} as a map`);
}
