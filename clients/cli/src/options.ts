// The options of the command line, with those of the environment.

import { extname } from 'node:path';
import { parseArgs } from 'node:util';
import type { Client } from '../../typescript/src/client.ts';
import type { Terminal } from './terminal.ts';

const DEFAULT_URL = 'http://127.0.0.1:3004';

/** The command line is wrong. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

export interface Options {
  readonly files: readonly string[];
  readonly url: string;
  readonly key: string | undefined;
  readonly language: string | undefined;
  readonly timeLimit: number | undefined;
  readonly memoryLimit: number | undefined;
  readonly checker: string | undefined;
  readonly count: number;
  readonly concurrency: number;
  readonly args: readonly string[];
  readonly json: boolean;
  readonly help: boolean;
}

export interface Context {
  readonly client: Client;
  readonly options: Options;
  readonly terminal: Terminal;
}

const SETTINGS = {
  url: { type: 'string' },
  key: { type: 'string' },
  language: { type: 'string', short: 'l' },
  time: { type: 'string', short: 't' },
  memory: { type: 'string', short: 'm' },
  checker: { type: 'string' },
  count: { type: 'string' },
  concurrency: { type: 'string' },
  json: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const;

/** What stands after `--` are the program's arguments. */
export function readOptions(words: readonly string[]): Options {
  const end = words.indexOf('--');
  const own = end === -1 ? words : words.slice(0, end);
  const { values, positionals } = parse(own);
  const { CES_URL, CES_KEY } = process.env;
  return {
    files: positionals,
    url: values.url ?? CES_URL ?? DEFAULT_URL,
    key: values.key ?? CES_KEY,
    language: values.language,
    timeLimit: numberIn('time', values.time),
    memoryLimit: numberIn('memory', values.memory),
    checker: values.checker,
    count: numberIn('count', values.count) ?? 50,
    concurrency: numberIn('concurrency', values.concurrency) ?? 4,
    args: end === -1 ? [] : words.slice(end + 1),
    json: values.json ?? false,
    help: values.help ?? false,
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: SETTINGS, allowPositionals: true });
  } catch (error) {
    throw new UsageError(`${(error as Error).message} (see ces --help)`);
  }
}

function numberIn(name: string, written: string | undefined): number | undefined {
  if (written === undefined) return undefined;
  const number = Number(written);
  if (written.trim() !== '' && number > 0 && Number.isFinite(number)) return number;
  throw new UsageError(`--${name} must be a positive number, got ${JSON.stringify(written)}`);
}

/** The first file of a command. */
export function programFile({ files }: Options): string {
  const [file] = files;
  if (file === undefined) throw new UsageError('name the file of a program (see ces --help)');
  return file;
}

/** As given, else by the ending of the file's name. */
export async function languageOf(file: string, { client, options }: Context): Promise<string> {
  if (options.language !== undefined) return options.language;
  const ending = extname(file).toLowerCase();
  const languages = await client.languages();
  const found = languages.find(({ file_extension }) => file_extension === ending);
  const other: Readonly<Record<string, string>> = {
    '.cc': 'cpp',
    '.cxx': 'cpp',
    '.mjs': 'javascript',
    '.mts': 'typescript',
  };
  const language = found?.id ?? other[ending];
  if (language !== undefined) return language;
  const known = languages.map(({ file_extension }) => file_extension).join(' ');
  throw new UsageError(
    `no language has files like ${file}: name it with --language (known endings: ${known})`,
  );
}

/** The limits that a command line gives. */
export function limitsOf({ timeLimit, memoryLimit }: Options) {
  return {
    ...(timeLimit !== undefined && { time_limit: timeLimit }),
    ...(memoryLimit !== undefined && { memory_limit: memoryLimit }),
  };
}
