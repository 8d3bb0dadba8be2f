// A program of the problem, such as a checker: from the fields of a request to what a task holds of it. It is rejected for
// the same reasons as a solution, under the name of its own field.

import { type FieldReason, ServiceError } from '../errors.ts';
import type { ProblemProgram } from '../execution/task.ts';
import { PROGRAM_DEFAULTS, REQUEST_SIZES } from '../limits.ts';
import type { ToolchainCatalog } from '../toolchains/toolchain.ts';
import { chooseToolchain, type LanguageCatalog, languageNamed } from './choose-toolchain.ts';
import { reason, rejectIfAny, rejection } from './field-reason.ts';
import type { ResolvedChecker } from './resolved-request.ts';
import { sourceFilesOf } from './source-files.ts';
import { brokenUnicode, nulCharacter, rejectLongCode } from './validate-texts.ts';

export type ProgramChoice = Omit<ResolvedChecker, 'type'>;

export interface ProgramParts {
  readonly languages: LanguageCatalog;
  readonly toolchains: Pick<ToolchainCatalog, 'of' | 'status' | 'problem' | 'progress'>;
  readonly settings: { readonly maxCodeLength: number };
}

/** `field` is the request's field that describes the program. Throws a `ServiceError` whose reasons begin with it. */
export function problemProgram(parts: ProgramParts, field: string, choice: ProgramChoice): ProblemProgram {
  try {
    return acceptedProgram(parts, choice);
  } catch (error) {
    throw error instanceof ServiceError ? within(field, error) : error;
  }
}

function acceptedProgram(
  { languages, toolchains, settings }: ProgramParts,
  choice: ProgramChoice,
): ProblemProgram {
  const { language: name, args = [] } = choice;
  rejectIfAny([...missingFields(choice), ...textReasons(choice), ...passReasons(choice)]);
  if (choice.code !== undefined) rejectLongCode('code', choice.code, settings.maxCodeLength);
  const named = languageNamed(languages, name ?? '');
  const { toolchain, standard } = chooseToolchain(named, toolchains, choice.version);
  const files = sourceFilesOf(choice, named.language, settings.maxCodeLength);
  return {
    protocol: choice.protocol ?? 'testlib',
    languageId: named.language.id,
    version: toolchain.version,
    ...(standard !== undefined && { standard }),
    sourceFile: files[0]?.path ?? '',
    files: files.map(({ path, content }) => ({ path, contentBase64: content.toString('base64') })),
    args,
    timeLimitSeconds: choice.time_limit ?? PROGRAM_DEFAULTS.timeLimitSeconds,
    memoryLimitMb: choice.memory_limit ?? PROGRAM_DEFAULTS.memoryLimitMb,
    passes: choice.validation_passes ?? 1,
  };
}

function missingFields({ language, code, files = [] }: ProgramChoice): FieldReason[] {
  return [
    ...(language === undefined ? [reason('language', 'is required')] : []),
    ...(code === undefined && files.length === 0 ? [reason('code', 'is required (or files)')] : []),
  ];
}

function textReasons({ code, args = [] }: ProgramChoice): FieldReason[] {
  const texts = [
    ...(code === undefined ? [] : [{ path: 'code', text: code }]),
    ...args.map((text, index) => ({ path: `args[${index}]`, text })),
  ];
  const bytes = args.reduce((sum, text) => sum + Buffer.byteLength(text), 0);
  const { argumentsBytes } = REQUEST_SIZES;
  return [
    ...texts.flatMap((text) => [...brokenUnicode(text), ...nulCharacter(text)]),
    ...(bytes > argumentsBytes
      ? [reason('args', `must have at most ${argumentsBytes} bytes together, got ${bytes}`)]
      : []),
  ];
}

function passReasons({ protocol, validation_passes: passes = 1 }: ProgramChoice): FieldReason[] {
  if (passes === 1 || protocol === 'icpc') return [];
  return [reason('validation_passes', `must be 1 unless protocol is "icpc", got ${passes}`)];
}

/** The same error about the fields of a field. Every reason's message begins with its path. */
function within(field: string, error: ServiceError): ServiceError {
  const { code, errors, retryAfterSeconds, cause } = error;
  if (errors === undefined) return error;
  const reasons = errors.map(({ path, message }) => ({
    path: `${field}.${path}`,
    message: message.startsWith(path) ? `${field}.${message}` : message,
  }));
  if (code === 'invalid_request' || code === 'too_large') return rejection(code, reasons);
  const options = { errors: reasons, cause, ...(retryAfterSeconds !== undefined && { retryAfterSeconds }) };
  return new ServiceError(code, reasons[0]?.message ?? error.message, options);
}
