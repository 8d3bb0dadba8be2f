// From a request to Piston's API to a submission. What is wrong is reported in Piston's words and order.

import type { ExecuteRequest } from '../../api/execution.ts';
import type { SubmittedFile } from '../../api/request-fields.ts';
import { ServiceError } from '../../errors.ts';
import { COMPILE_LIMITS, REQUEST_LIMITS, REQUEST_SIZES } from '../../limits.ts';
import { MIB } from '../../units.ts';
import type { DialectParts, OfferedLanguage } from './dialect.ts';
import { relativePath } from './file-names.ts';
import type { Fields } from './json-body.ts';
import { memoryLimitFrom, timeLimitFrom, wallLimitFrom } from './limits-in-range.ts';
import { findRuntime, isNamedByCode, type NamedRuntime } from './piston-languages.ts';

/** Milliseconds of a run if the request names none. */
const DEFAULT_RUN_MS = 3000;

interface PistonFile {
  readonly name: string;
  readonly content: string;
  readonly encoding: 'utf8' | 'base64' | 'hex';
}

export interface PistonSubmission {
  readonly runtime: NamedRuntime;
  readonly version: string;
  readonly submission: ExecuteRequest;
  readonly wallTimeLimitSeconds: number;
}

/** Throws a `ServiceError` with Piston's message. */
export function readPistonRequest(body: Fields, parts: DialectParts): PistonSubmission {
  const name = requiredString(body, 'language');
  const range = requiredString(body, 'version');
  const files = filesIn(body);
  const runtime = findRuntime(parts.languages(), {
    name,
    range,
    anyVersion: parts.config.compatAnyVersion,
  });
  if (runtime?.language.status === 'installing' && runtime.version === null) {
    throw new ServiceError('unavailable', `${name} is being installed and can be used soon`);
  }
  if (runtime === null || runtime.version === null) throw wrong(`${name}-${range} runtime is unknown`);
  const main = files.findIndex(({ encoding }) => encoding === 'utf8');
  if (main === -1) throw wrong('files must include at least one utf8 encoded file');
  const { wallTimeLimitSeconds, ...limits } = limitsIn(body, parts);
  return {
    runtime,
    version: runtime.version,
    wallTimeLimitSeconds,
    submission: {
      language: runtime.submittedName,
      version: runtime.version,
      ...namedFiles(files, main, runtime.language, parts),
      stdin: endedLine(textOf(body.stdin)),
      args: Array.isArray(body.args) ? body.args.map(textOf) : [],
      ...limits,
    },
  };
}

function wrong(message: string): ServiceError {
  return new ServiceError('invalid_request', message);
}

function requiredString(body: Fields, name: string): string {
  const value = body[name];
  if (typeof value !== 'string' || value === '') throw wrong(`${name} is required as a string`);
  return value;
}

function textOf(value: unknown): string {
  return value === undefined || value === null || value === false ? '' : String(value);
}

function endedLine(text: string): string {
  return text === '' || text.endsWith('\n') ? text : `${text}\n`;
}

function filesIn({ files }: Fields): PistonFile[] {
  if (!Array.isArray(files)) throw wrong('files is required as an array');
  if (files.length > REQUEST_SIZES.files) {
    throw wrong(`files must have at most ${REQUEST_SIZES.files} entries, got ${files.length}`);
  }
  return files.map((file: Fields | null, index) => {
    const content = file?.content;
    if (typeof content !== 'string') throw wrong(`files[${index}].content is required as a string`);
    const { name, encoding } = file ?? {};
    return {
      name: typeof name === 'string' && name !== '' ? name : `file${index}.code`,
      content,
      encoding: encoding === 'base64' || encoding === 'hex' ? encoding : 'utf8',
    };
  });
}

/** The main program is the code, unless its own name serves; the others lie beside it. */
function namedFiles(
  files: readonly PistonFile[],
  mainIndex: number,
  language: OfferedLanguage,
  parts: DialectParts,
): Pick<ExecuteRequest, 'code' | 'files'> {
  const named = files.map((file) => ({ ...file, path: pathOf(file, language, parts) }));
  const [main] = named.splice(mainIndex, 1);
  if (main === undefined) return {};
  // An empty program is one for Piston.
  const code = main.content === '' ? '\n' : main.content;
  const others = named.map(submittedFile);
  const usualPath = parts.sourceFileOf(language.id, code);
  const isNamed = main.path.endsWith(language.file_extension);
  if (!isNamed && !others.some(({ path }) => path === usualPath)) return { code, files: others };
  const path = isNamed ? main.path : `${main.path}${language.file_extension}`;
  return { files: [{ path, content: code }, ...others] };
}

/** Java wants a file named after its class, Piston does not. */
function pathOf(
  { name, content, encoding }: PistonFile,
  language: OfferedLanguage,
  parts: DialectParts,
): string {
  const path = relativePath(name);
  if (path === null) throw wrong(`The file name ${JSON.stringify(name.slice(0, 100))} leaves the folder`);
  const isSource = path.endsWith(language.file_extension) || path.endsWith('.code');
  if (encoding !== 'utf8' || !isSource || !isNamedByCode(language)) return path;
  return parts.sourceFileOf(language.id, content);
}

function submittedFile({ path, content, encoding }: PistonFile & { path: string }): SubmittedFile {
  if (encoding === 'utf8') return { path, content };
  return { path, content: Buffer.from(content, encoding).toString('base64'), encoding: 'base64' };
}

/** A value that counts as false is no limit to check, as in Piston. */
function limitsIn(body: Fields, { config }: DialectParts) {
  const runMs = 1000 * config.executionTimeoutSeconds;
  const memoryBytes = REQUEST_LIMITS.memory_limit.maximum * MIB;
  const limit = (name: string, maximum: number, minimum = 0) => limitIn(body, { name, maximum, minimum });
  limit('compile_memory_limit', COMPILE_LIMITS.memoryBytes, -1);
  const memory = limit('run_memory_limit', memoryBytes, -1);
  limit('compile_timeout', COMPILE_LIMITS.wallTimeMs);
  const wallMs = limit('run_timeout', runMs) ?? DEFAULT_RUN_MS;
  limit('compile_cpu_time', COMPILE_LIMITS.cpuTimeMs);
  const cpuMs = limit('run_cpu_time', runMs) ?? wallMs;
  return {
    time_limit: timeLimitFrom(Math.min(cpuMs, wallMs) / 1000),
    memory_limit: memoryLimitFrom(memory === null ? null : memory / MIB),
    wallTimeLimitSeconds: wallLimitFrom(wallMs / 1000),
  };
}

function limitIn(
  body: Fields,
  { name, maximum, minimum }: { name: string; maximum: number; minimum: number },
): number | null {
  const value = body[name];
  if (!value) return null;
  if (typeof value !== 'number') throw wrong(`If specified, ${name} must be a number`);
  if (value > maximum) throw wrong(`${name} cannot exceed the configured limit of ${maximum}`);
  if (value < minimum) throw wrong(`${name} must be non-negative`);
  return value;
}
