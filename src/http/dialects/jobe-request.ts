// From a request to Jobe's API to a submission. What is wrong is reported in Jobe's words.

import type { ExecuteRequest } from '../../api/execution.ts';
import type { SubmittedFile } from '../../api/request-fields.ts';
import { ServiceError } from '../../errors.ts';
import type { RunChoices } from '../../execution/task.ts';
import { REQUEST_LIMITS, REQUEST_SIZES } from '../../limits.ts';
import { KIB, MIB } from '../../units.ts';
import type { OfferedLanguage } from './dialect.ts';
import { type Fields, fieldsOf } from './json-body.ts';
import { memoryLimitFrom, timeLimitFrom } from './limits-in-range.ts';
import { shellWords } from './shell-words.ts';

/** Jobe's names of languages. */
const NAMES: Readonly<Record<string, string>> = {
  python3: 'python',
  nodejs: 'javascript',
  java: 'java',
  cpp: 'cpp',
  c: 'c',
};

/** Jobe's own, which a request replaces. At higher levels gcc warns of what passes there. */
const COMPILE_OPTIONS: Readonly<Record<string, readonly string[]>> = {
  c: ['-Wall', '-Werror', '-std=c99'],
  cpp: ['-Wall', '-Werror'],
};
const UNOPTIMIZED = '-O0';

const DEFAULTS = { cputime: 5, memorylimit: 400, streamsize: 2, disklimit: 20 };
/** Runtimes that need more threads than a program has processes. */
const WITH_THREADS: readonly string[] = ['java', 'javascript'];
const MAX_INTERPRETER_BYTES = 8 * KIB;
const FILE_NAME = /^[A-Za-z0-9._-]+$/;
const FILE_ID = /^[A-Za-z0-9]{8,}$/;
/** Java's file is named after its class. */
const IGNORED_NAMES: readonly string[] = ['prog.java'];

export interface JobeSubmission {
  readonly language: OfferedLanguage;
  readonly submission: ExecuteRequest;
  readonly runChoices: RunChoices;
  /** Files that were uploaded before, by their ids, and their names in the run. */
  readonly uploads: readonly { readonly id: string; readonly name: string }[];
}

/** The languages that Jobe knows, with their versions. */
export function jobeLanguages(languages: readonly OfferedLanguage[]): [name: string, version: string][] {
  return Object.entries(NAMES)
    .flatMap(([name, id]): [string, string][] => {
      const [version] = languages.find((language) => language.id === id)?.versions ?? [];
      return version === undefined ? [] : [[name, version]];
    })
    .sort(([one], [other]) => (one < other ? -1 : 1));
}

/** Throws a `ServiceError` with Jobe's message. */
export function readJobeRequest(body: unknown, languages: readonly OfferedLanguage[]): JobeSubmission {
  const spec = (body as Fields | null | undefined)?.run_spec;
  if (typeof spec !== 'object' || spec === null) throw wrong('No run_spec attribute found in post data');
  const { sourcecode, language_id, sourcefilename, input, file_list, parameters } = fieldsOf(spec);
  for (const [name, value] of Object.entries({ sourcecode, language_id })) {
    if (value === undefined || value === null) {
      throw wrong(`run_spec is missing the required attribute '${name}'`);
    }
  }
  const { language, submittedName } = languageNamed(String(language_id).toLowerCase(), languages);
  const chosen = fieldsOf(parameters);
  return {
    language,
    uploads: uploadsIn(file_list),
    runChoices: runChoicesIn(chosen, language),
    submission: {
      language: submittedName,
      ...sourceOf(String(sourcecode), sourcefilename, language),
      stdin: textOf(input),
      args: wordsOf(chosen.runargs),
      ...compileOptionsIn(chosen, language),
      ...limitsIn(chosen, language),
    },
  };
}

function wrong(message: string): ServiceError {
  return new ServiceError('invalid_request', message);
}

function textOf(value: unknown): string {
  return value === undefined || value === null ? '' : String(value);
}

function languageNamed(name: string, languages: readonly OfferedLanguage[]) {
  const wanted = NAMES[name] ?? name;
  const language = languages.find(({ id, aliases }) => id === wanted || aliases.includes(wanted));
  if (language === undefined || language.status === 'missing') throw wrong(`Language '${name}' is not known`);
  if (language.status === 'installing') throw new ServiceError('unavailable', `${name} is being installed`);
  return { language, submittedName: language.aliases.includes(wanted) ? wanted : language.id };
}

/** A compiler needs a name that it knows; an interpreter takes any. */
function sourceOf(
  sourceCode: string,
  name: unknown,
  { compiled, file_extension }: OfferedLanguage,
): Pick<ExecuteRequest, 'code' | 'files'> {
  // An empty program is one for Jobe.
  const code = sourceCode === '' ? '\n' : sourceCode;
  if (name === undefined || name === null || name === '') return { code };
  const isLegal = typeof name === 'string' && FILE_NAME.test(name) && !/^[.-]/.test(name);
  if (!isLegal) throw wrong('The sourcefilename for the run_spec is illegal');
  const isUsable = !IGNORED_NAMES.includes(name) && (!compiled || name.endsWith(file_extension));
  return isUsable ? { files: [{ path: name, content: code }] } : { code };
}

function uploadsIn(list: unknown): JobeSubmission['uploads'] {
  if (list === undefined || list === null) return [];
  if (!Array.isArray(list)) throw wrong(`Invalid file specifier: ${shown(list)}`);
  if (list.length >= REQUEST_SIZES.files)
    throw wrong(`A run may have at most ${REQUEST_SIZES.files - 1} files`);
  return list.map((entry: unknown) => {
    const [id, name] = Array.isArray(entry) ? entry : [];
    const isValid =
      typeof id === 'string' && FILE_ID.test(id) && typeof name === 'string' && isFileName(name);
    if (!isValid) throw wrong(`Invalid file specifier: ${shown(entry)}`);
    return { id, name };
  });
}

function isFileName(name: string): boolean {
  return FILE_NAME.test(name) && name !== '.' && name !== '..' && !name.startsWith('-');
}

function shown(value: unknown): string {
  return (JSON.stringify(value) ?? '').slice(0, 100);
}

/** Each entry may have several words, as a shell would split it. */
function wordsOf(list: unknown): string[] {
  return Array.isArray(list) ? list.flatMap((entry) => shellWords(textOf(entry))) : [];
}

/** Of the compiler and the linker together. */
function compileOptionsIn({ compileargs, linkargs }: Fields, { id }: OfferedLanguage) {
  const usual = COMPILE_OPTIONS[id];
  const [compile, link] = [wordsOf(compileargs), wordsOf(linkargs)];
  if (usual === undefined) return compile.length === 0 ? {} : { compile_options: compile };
  const options = [...(compile.length === 0 ? usual : compile), ...link];
  return { compile_options: [UNOPTIMIZED, ...options] };
}

function limitsIn(parameters: Fields, language: OfferedLanguage) {
  const cpuSeconds = positive(parameters.cputime) ?? DEFAULTS.cputime;
  const { maximum } = REQUEST_LIMITS.time_limit;
  if (cpuSeconds > maximum) {
    throw wrong(`cputime exceeds maximum allowed on this Jobe server (${maximum} secs)`);
  }
  // Jobe sets no such limit for Java, whose runtime reserves more than it uses.
  const memoryMb = language.id === 'java' ? null : positive(parameters.memorylimit);
  const streamMb = positive(parameters.streamsize) ?? DEFAULTS.streamsize;
  const output = REQUEST_LIMITS.output_limit_kb;
  return {
    time_limit: timeLimitFrom(cpuSeconds),
    memory_limit: memoryLimitFrom(memoryMb ?? DEFAULTS.memorylimit),
    output_limit_kb: Math.min(output.maximum, Math.max(output.minimum, streamMb * 1024)),
  };
}

/** `disklimit` is of one file, as in Jobe. */
function runChoicesIn(parameters: Fields, { id }: OfferedLanguage): RunChoices {
  const interpreterArguments = wordsOf(parameters.interpreterargs);
  const text = interpreterArguments.join('\0');
  if (
    Buffer.byteLength(text) > MAX_INTERPRETER_BYTES ||
    text.split('\0').length > Math.max(1, interpreterArguments.length)
  ) {
    throw wrong(`interpreterargs must have at most ${MAX_INTERPRETER_BYTES} bytes, without NUL`);
  }
  const processes = WITH_THREADS.includes(id) ? null : positive(parameters.numprocs);
  const megabytes = Math.min(positive(parameters.disklimit) ?? DEFAULTS.disklimit, DEFAULTS.disklimit);
  return {
    fileSizeBytes: Math.ceil(megabytes * MIB),
    ...(processes !== null && { processes: Math.ceil(processes) }),
    ...(interpreterArguments.length > 0 && { interpreterArguments }),
  };
}

/** A number or a numeric text; `null` for 0 and for what is none. */
function positive(value: unknown): number | null {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof number === 'number' && number > 0 ? number : null;
}

/** The submission with the uploaded files beside its source. */
export function withUploads(submission: ExecuteRequest, uploaded: readonly SubmittedFile[]): ExecuteRequest {
  return { ...submission, files: [...(submission.files ?? []), ...uploaded] };
}
