// The attributes of a submission to Judge0: their names, defaults and ranges. The limits that the service reports are
// made from the same table.

import type { SubmittedFile } from '../../api/request-fields.ts';
import { ServiceError } from '../../errors.ts';
import { DialectError, type OfferedLanguage } from './dialect.ts';
import type { Fields } from './json-body.ts';
import { isBeingInstalled, type Judge0Language, judge0Languages } from './judge0-languages.ts';
import { additionalFiles, MULTI_FILE } from './judge0-program.ts';

interface Range {
  readonly default: number;
  readonly minimum: number;
  readonly maximum: number;
}

/** Seconds and KiB. */
export const NUMERIC_ATTRIBUTES = {
  number_of_runs: { default: 1, minimum: 1, maximum: 20 },
  cpu_time_limit: { default: 5, minimum: 0, maximum: 15 },
  cpu_extra_time: { default: 1, minimum: 0, maximum: 5 },
  wall_time_limit: { default: 10, minimum: 1, maximum: 20 },
  memory_limit: { default: 128_000, minimum: 2048, maximum: 512_000 },
  stack_limit: { default: 64_000, minimum: 0, maximum: 128_000 },
  max_processes_and_or_threads: { default: 60, minimum: 1, maximum: 120 },
  max_file_size: { default: 1024, minimum: 0, maximum: 4096 },
} as const satisfies Record<string, Range>;
type NumericAttribute = keyof typeof NUMERIC_ATTRIBUTES;

const BOOLEAN_ATTRIBUTES = [
  'enable_per_process_and_thread_time_limit',
  'enable_per_process_and_thread_memory_limit',
  'redirect_stderr_to_stdout',
  'enable_network',
] as const;
const TEXT_ATTRIBUTES = [
  'compiler_options',
  'command_line_arguments',
  'callback_url',
  'additional_files',
] as const;
const MAX_OPTION_LENGTH = 512;

/** Texts that a client may send, and always gets, as Base64 if it says so. */
const ENCODED = ['source_code', 'stdin', 'expected_output'] as const;

/** A submission as Judge0 keeps it; texts are the bytes that they stand for. */
export interface Judge0Attributes
  extends Readonly<Record<NumericAttribute, number>>,
    Readonly<Record<(typeof BOOLEAN_ATTRIBUTES)[number], boolean>>,
    Readonly<Record<(typeof TEXT_ATTRIBUTES)[number], string | null>> {
  readonly language_id: number;
  readonly source_code: Buffer;
  readonly stdin: Buffer | null;
  readonly expected_output: Buffer | null;
}

export interface AcceptedSubmission {
  readonly attributes: Judge0Attributes;
  readonly language: Judge0Language;
  /** Of the archive in `additional_files`. */
  readonly files: readonly SubmittedFile[];
}

/** Rejects with a `DialectError` with all that is wrong, or a `ServiceError` for a language that is not ready yet. */
export async function readAttributes(
  body: Fields,
  { isBase64, languages }: { readonly isBase64: boolean; readonly languages: readonly OfferedLanguage[] },
): Promise<AcceptedSubmission> {
  const reasons = new Map<string, string[]>();
  const add = (name: string, reason: string) =>
    void reasons.set(name, [...(reasons.get(name) ?? []), reason]);
  const [source, stdin, expected] = ENCODED.map((name) => bytesOf(body[name], isBase64));
  const language = languageOf(body.language_id, languages, add);
  const isMultiFile = language?.number === MULTI_FILE;
  if (!isMultiFile && !source?.length) add('source_code', "can't be blank");
  const attributes = {
    ...numbersIn(body, add),
    ...booleansIn(body),
    ...textsIn(body, add),
    language_id: language?.number ?? 0,
    source_code: source ?? Buffer.alloc(0),
    stdin: stdin ?? null,
    expected_output: expected ?? null,
  };
  if (attributes.enable_network) add('enable_network', 'enabling network is not allowed');
  const unpacked = await additionalFiles(attributes.additional_files, isMultiFile);
  if ('reason' in unpacked) add('additional_files', unpacked.reason);
  if (attributes.compiler_options !== null && language?.isCompiled === false) {
    add('compiler_options', 'setting compiler options is only allowed for compiled languages');
  }
  if (language === null || 'reason' in unpacked || reasons.size > 0)
    throw new DialectError({ status: 422, body: Object.fromEntries(reasons) });
  return { attributes, language, files: unpacked.files };
}

type Add = (name: string, reason: string) => void;

function bytesOf(value: unknown, isBase64: boolean): Buffer | null {
  if (value === undefined || value === null) return null;
  return Buffer.from(String(value), isBase64 ? 'base64' : 'utf8');
}

function languageOf(value: unknown, languages: readonly OfferedLanguage[], add: Add): Judge0Language | null {
  if (value === undefined || value === null || value === '') {
    add('language_id', "can't be blank");
    return null;
  }
  const number = Number(value);
  const found = judge0Languages(languages).find((language) => language.number === number);
  if (found !== undefined) return found;
  if (isBeingInstalled(number, languages)) {
    throw new ServiceError('unavailable', `language with id ${number} is being installed`);
  }
  add('language_id', `language with id ${String(value).slice(0, 20)} doesn't exist`);
  return null;
}

/** 0 means the default, where Judge0 takes it for no limit. */
function numbersIn(body: Fields, add: Add): Record<NumericAttribute, number> {
  const entries = Object.entries(NUMERIC_ATTRIBUTES).map(([name, range]) => [
    name,
    numberIn(body[name], name, range, add),
  ]);
  return Object.fromEntries(entries) as Record<NumericAttribute, number>;
}

function numberIn(value: unknown, name: string, range: Range, add: Add): number {
  if (value === undefined || value === null || value === '') return range.default;
  const number = typeof value === 'number' || typeof value === 'string' ? Number(value) : Number.NaN;
  if (Number.isNaN(number)) add(name, 'is not a number');
  else if (number === 0) return range.default;
  else if (number > range.maximum) add(name, `must be less than or equal to ${range.maximum}`);
  else if (number < range.minimum) add(name, `must be greater than or equal to ${range.minimum}`);
  return number;
}

function booleansIn(body: Fields) {
  const isTrue = (value: unknown) => value === true || ['true', '1', 't'].includes(String(value));
  return Object.fromEntries(BOOLEAN_ATTRIBUTES.map((name) => [name, isTrue(body[name])])) as Record<
    (typeof BOOLEAN_ATTRIBUTES)[number],
    boolean
  >;
}

function textsIn(body: Fields, add: Add) {
  const entries = TEXT_ATTRIBUTES.map((name) => {
    const value = body[name];
    const text = value === undefined || value === null || value === '' ? null : String(value);
    const isOption = name === 'compiler_options' || name === 'command_line_arguments';
    if (isOption && text !== null && text.length > MAX_OPTION_LENGTH) {
      add(name, `is too long (maximum is ${MAX_OPTION_LENGTH} characters)`);
    }
    return [name, text];
  });
  return Object.fromEntries(entries) as Record<(typeof TEXT_ATTRIBUTES)[number], string | null>;
}
