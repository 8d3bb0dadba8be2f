// From a request to SandboxFusion's API to a submission. What is wrong is reported as FastAPI does.

import type { ExecuteRequest } from '../../api/execution.ts';
import type { SubmittedFile } from '../../api/request-fields.ts';
import { OUTPUT_FILES, REQUEST_LIMITS, REQUEST_SIZES } from '../../limits.ts';
import { DialectError, type OfferedLanguage } from './dialect.ts';
import { relativePath } from './file-names.ts';
import type { Fields } from './json-body.ts';
import { memoryLimitFrom, timeLimitFrom, wallLimitFrom } from './limits-in-range.ts';

/** SandboxFusion's names, where they differ from ours. */
const LANGUAGE_NAMES: Readonly<Record<string, string>> = { nodejs: 'javascript' };

/** SandboxFusion strips types unchecked, and runs Java with assertions. */
const COMPILE_OPTIONS: Readonly<Record<string, readonly string[]>> = {
  typescript: ['--noCheck'],
  java: ['-ea'],
};

/** Paths that a run gives back, of the patterns that a submission may name: those that match nothing but themselves. */
const FETCHED_PATH = new RegExp(OUTPUT_FILES.pattern);
const PATTERN_SIGNS = /[*?]/;

const DEFAULT_SECONDS = 10;
/** Clients wait this long beside the time limits. */
const CLIENT_PATIENCE_SECONDS = 10;

interface Detail {
  readonly type: string;
  readonly loc: readonly (string | number)[];
  readonly msg: string;
  readonly input: unknown;
}

interface SandboxFusionSubmission {
  readonly language: OfferedLanguage;
  readonly submission: ExecuteRequest;
  readonly wallTimeLimitSeconds: number;
  /** Files that the client wants back, as it names them, with their paths in the run. */
  readonly fetched: readonly { readonly name: string; readonly path: string }[];
  /** Seconds after which the client gives up. */
  readonly clientTimeoutSeconds: number;
}

/** Throws a `DialectError` with all that is wrong. */
export function readSandboxFusionRequest(
  body: unknown,
  languages: readonly OfferedLanguage[],
): SandboxFusionSubmission {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw invalid([noObject(body)]);
  }
  const reader = createReader(body as Fields);
  const code = reader.text('code');
  const language = reader.language(languages);
  const runSeconds = reader.number('run_timeout') ?? DEFAULT_SECONDS;
  const compileSeconds = reader.number('compile_timeout') ?? DEFAULT_SECONDS;
  const memory = reader.number('memory_limit_MB') ?? -1;
  const stdin = reader.optionalText('stdin');
  const files = reader.files();
  const fetched = fetchedPaths(reader.texts('fetch_files'), reader.add);
  if (language === null || reader.details.length > 0) throw invalid(reader.details);
  return {
    language: language.offered,
    fetched,
    wallTimeLimitSeconds: wallLimitFrom(runSeconds > 0 ? runSeconds : DEFAULT_SECONDS),
    clientTimeoutSeconds: compileSeconds + runSeconds + CLIENT_PATIENCE_SECONDS,
    submission: {
      language: language.submittedName,
      // An empty program is one for SandboxFusion.
      code: code === '' ? '\n' : code,
      stdin: stdin ?? '',
      files,
      ...(fetched.length > 0 && { output_files: [...new Set(fetched.map(({ path }) => path))] }),
      compile_options: [...(COMPILE_OPTIONS[language.offered.id] ?? [])],
      time_limit: timeLimitFrom(runSeconds > 0 ? runSeconds : DEFAULT_SECONDS),
      memory_limit: memory === -1 ? REQUEST_LIMITS.memory_limit.maximum : memoryLimitFrom(memory),
    },
  };
}

/** A path that no run could give back counts as one of a missing file, which is left out. */
function fetchedPaths(names: readonly string[], add: Add) {
  if (names.length > OUTPUT_FILES.patterns) {
    const msg = `List should have at most ${OUTPUT_FILES.patterns} items, not ${names.length}`;
    add('too_long', ['fetch_files'], msg, null);
  }
  return names.flatMap((name) => {
    const path = relativePath(name);
    const isFetched = path !== null && FETCHED_PATH.test(path) && !PATTERN_SIGNS.test(path);
    return isFetched && path.length <= OUTPUT_FILES.patternLength ? [{ name, path }] : [];
  });
}

function invalid(detail: readonly Detail[]): DialectError {
  return new DialectError({ status: 422, body: { detail } });
}

function noObject(body: unknown): Detail {
  if (body === undefined) return { type: 'missing', loc: ['body'], msg: 'Field required', input: null };
  const msg = 'Input should be a valid dictionary or object to extract fields from';
  return { type: 'model_attributes_type', loc: ['body'], msg, input: body };
}

/** Reads fields, and collects what is wrong with them. */
function createReader(body: Fields) {
  const details: Detail[] = [];
  const add = (type: string, loc: readonly (string | number)[], msg: string, input: unknown) =>
    void details.push({ type, loc: ['body', ...loc], msg, input });
  const optionalText = (field: string): string | null => {
    const value = body[field];
    if (value === undefined || value === null) return null;
    if (typeof value !== 'string') add('string_type', [field], 'Input should be a valid string', value);
    return String(value);
  };
  return {
    details,
    add,
    optionalText,
    text: (field: string): string => {
      if (body[field] === undefined) add('missing', [field], 'Field required', body);
      else if (body[field] === null) add('string_type', [field], 'Input should be a valid string', null);
      return optionalText(field) ?? '';
    },
    number: (field: string): number | null => {
      const value = body[field];
      if (value === undefined || value === null) return null;
      const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
      if (typeof number === 'number' && Number.isFinite(number)) return number;
      const [type, msg] =
        typeof value === 'string'
          ? ['float_parsing', 'Input should be a valid number, unable to parse string as a number']
          : ['float_type', 'Input should be a valid number'];
      add(type, [field], msg, value);
      return null;
    },
    texts: (field: string): string[] => {
      const value = body[field] ?? [];
      if (!Array.isArray(value)) {
        add('list_type', [field], 'Input should be a valid list', value);
        return [];
      }
      for (const [index, each] of value.entries()) {
        if (typeof each !== 'string')
          add('string_type', [field, index], 'Input should be a valid string', each);
      }
      return value.map(String);
    },
    language: (languages: readonly OfferedLanguage[]) => readLanguage(body, languages, add),
    files: (): SubmittedFile[] => readFiles(body.files ?? {}, add),
  };
}

type Add = (type: string, loc: readonly (string | number)[], msg: string, input: unknown) => void;

function readLanguage(body: Fields, languages: readonly OfferedLanguage[], add: Add) {
  const name = body.language;
  if (name === undefined) {
    add('missing', ['language'], 'Field required', body);
    return null;
  }
  const id = LANGUAGE_NAMES[String(name)] ?? name;
  const offered = languages.find((each) => each.status !== 'missing' && namesOf(each).includes(String(id)));
  if (offered !== undefined && typeof name === 'string') {
    return { offered, submittedName: offered.id === id ? offered.id : name };
  }
  const known = languages.filter(({ status }) => status === 'ready').map(({ id: own }) => `'${nameOf(own)}'`);
  add('literal_error', ['language'], `Input should be ${inWords(known)}`, name);
  return null;
}

function namesOf({ id, aliases }: OfferedLanguage): string[] {
  return [id, ...aliases];
}

function nameOf(id: string): string {
  return Object.entries(LANGUAGE_NAMES).find(([, own]) => own === id)?.[0] ?? id;
}

function inWords(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;
}

/** Files without content are skipped; Base64 is read as leniently as Python does. */
function readFiles(value: unknown, add: Add): SubmittedFile[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    add('dict_type', ['files'], 'Input should be a valid dictionary', value);
    return [];
  }
  const entries = Object.entries(value).filter(([, content]) => content !== null);
  if (entries.length > REQUEST_SIZES.files) {
    const msg = `Dictionary should have at most ${REQUEST_SIZES.files} items, not ${entries.length}`;
    add('too_long', ['files'], msg, null);
  }
  return entries.flatMap(([name, content]) => {
    const path = relativePath(name);
    if (typeof content !== 'string')
      add('string_type', ['files', name], 'Input should be a valid string', content);
    else if (path === null) add('value_error', ['files', name], 'The path must stay in the directory', name);
    else {
      return [
        { path, content: Buffer.from(content, 'base64').toString('base64'), encoding: 'base64' as const },
      ];
    }
    return [];
  });
}
