// A program as it is handed in: its files with the language and the toolchain that serve it, and from them the commands
// of its boxes. It knows nothing of what the program is for.

import { ServiceError } from '../errors.ts';
import type { CommandContext, Language, LanguageCommand } from '../languages/language.ts';
import { COMPILE_LIMITS } from '../limits.ts';
import type { BoxFile } from '../sandbox/sandbox.ts';
import type { Toolchain, ToolchainCatalog } from '../toolchains/toolchain.ts';
import type { RunChoices } from './task.ts';

export interface SourceParts {
  readonly languages: { find(id: string): Language | null };
  readonly toolchains: Pick<ToolchainCatalog, 'of'>;
}

/** The fields of a task that describe a program. */
interface HandedIn {
  readonly languageId: string;
  readonly version: string;
  readonly standard?: string;
  readonly compileOptions?: readonly string[];
  readonly runChoices?: Pick<RunChoices, 'interpreterArguments'>;
  readonly sourceFile: string;
  readonly files: readonly { readonly path: string; readonly contentBase64: string }[];
}

export interface Source {
  readonly language: Language;
  readonly toolchain: Toolchain;
  readonly standard?: string;
  readonly compileOptions?: readonly string[];
  readonly interpreterArguments?: readonly string[];
  readonly sourceFile: string;
  readonly files: readonly BoxFile[];
  readonly code: string;
}

/** Throws a `ServiceError` if the toolchain is gone: a task may have waited in a queue while toolchains changed. */
export function readSource({ languages, toolchains }: SourceParts, program: HandedIn): Source {
  const { languageId, version, standard, compileOptions, sourceFile, runChoices } = program;
  const { interpreterArguments } = runChoices ?? {};
  const language = languages.find(languageId);
  const toolchain = toolchains.of(languageId).find((candidate) => candidate.version === version);
  if (language === null || toolchain === undefined) {
    throw new ServiceError('unavailable', `${languageId} ${version} is not installed any more`);
  }
  const files = program.files.map(({ path, contentBase64 }) => ({
    path,
    content: Buffer.from(contentBase64, 'base64'),
  }));
  const code = files[0]?.content.toString('utf8') ?? '';
  const optional = {
    ...(standard !== undefined && { standard }),
    ...(compileOptions !== undefined && { compileOptions }),
    ...(interpreterArguments !== undefined && { interpreterArguments }),
  };
  return { language, toolchain, sourceFile, files, code, ...optional };
}

/** The compiler's command; `null` for a language that runs from source. */
export function compileCommand(source: Source): LanguageCommand | null {
  return source.language.compile?.(contextOf(source, COMPILE_LIMITS.memoryBytes)) ?? null;
}

/** The command that finds a syntax error; `null` for a language that has none. */
export function checkCommand(source: Source): LanguageCommand | null {
  return source.language.check?.(contextOf(source, COMPILE_LIMITS.memoryBytes)) ?? null;
}

export function runCommand(source: Source, memoryBytes: number): LanguageCommand {
  const command = source.language.run(contextOf(source, memoryBytes));
  // The author's arguments of an interpreter may be code, which must not run ahead.
  return source.interpreterArguments === undefined ? command : { ...command, hasGate: false };
}

function contextOf(
  { toolchain, sourceFile, standard, compileOptions, interpreterArguments, code, files }: Source,
  memoryBytes: number,
): CommandContext {
  return {
    tools: toolchain.tools,
    prebuilt: toolchain.prebuilt,
    prebuiltParts: toolchain.prebuiltParts,
    sourceFile,
    files: files.map(({ path }) => path),
    memoryBytes,
    code,
    textOf: (path) => Buffer.from(files.find((file) => file.path === path)?.content ?? '').toString('utf8'),
    ...(standard !== undefined && { standard }),
    ...(compileOptions !== undefined && { compileOptions }),
    ...(interpreterArguments !== undefined && { interpreterArguments }),
  };
}
