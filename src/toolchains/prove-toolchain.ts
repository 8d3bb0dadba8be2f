// Proves that a toolchain works in the sandbox that will use it: compiles and runs a language's examples in boxes and
// compares their output. A compiler that does not work is found here and not by the first client.

import type { CommandContext, Language } from '../languages/language.ts';
import { COMPILE_LIMITS, diskBytesFor, RUN_LIMITS, stackBytesFor } from '../limits.ts';
import {
  type BoxFile,
  type BoxLimits,
  type BoxOutcome,
  type BuildOutcome,
  type Sandbox,
  SandboxError,
} from '../sandbox/sandbox.ts';
import { MIB } from '../units.ts';
import type { Toolchain } from './toolchain.ts';

const MEMORY_MB = 128;
/** A sandbox that failed, or a machine too busy to judge, says nothing about the toolchain. */
const MAX_ATTEMPTS = 3;

export interface ProgramToRun {
  readonly code: string;
  readonly stdin?: string;
  /** Further files, by path. */
  readonly files?: Readonly<Record<string, string>>;
}

export interface ProgramOutcome {
  /** `null` for a language without a compiler. */
  readonly built: BuildOutcome | null;
  /** `null` if the compiler rejected the program. */
  readonly ran: BoxOutcome | null;
}

/** Limits of a language's programs with default settings. */
export function usualLimits(language: Language, cpuQuota: number): BoxLimits {
  if (language.compile) return COMPILE_LIMITS;
  return { ...exampleLimits(language), cpuQuota };
}

function exampleLimits({ memoryAllowanceMb }: Language): BoxLimits {
  const memoryBytes = (MEMORY_MB + memoryAllowanceMb) * MIB;
  return {
    ...RUN_LIMITS,
    cpuTimeMs: 10_000,
    wallTimeMs: 20_000,
    memoryBytes,
    outputBytes: MIB,
    diskBytes: diskBytesFor(memoryBytes),
    stackBytes: stackBytesFor(MEMORY_MB * MIB),
    cpuQuota: 0,
  };
}

/** What the commands for a program are made from. */
export function contextOf(language: Language, toolchain: Toolchain, program: ProgramToRun): CommandContext {
  const { tools, prebuilt, prebuiltParts } = toolchain;
  const sourceFile = language.sourceFile(program.code);
  const files = [sourceFile, ...Object.keys(program.files ?? {})];
  return {
    ...{ tools, prebuilt, prebuiltParts, sourceFile, files },
    memoryBytes: MEMORY_MB * MIB,
    code: program.code,
  };
}

/** Compiles a program of this project and runs it. Throws a `SandboxError` if the sandbox fails. */
export async function runProgram(
  sandbox: Pick<Sandbox, 'open'>,
  language: Language,
  toolchain: Toolchain,
  program: ProgramToRun,
  signal: AbortSignal,
): Promise<ProgramOutcome> {
  const context = contextOf(language, toolchain, program);
  const texts = { [context.sourceFile]: program.code, ...program.files };
  const files: BoxFile[] = Object.entries(texts).map(([path, text]) => ({
    path,
    content: Buffer.from(text),
  }));
  await using workspace = await sandbox.open(toolchain.root, files);
  let built: BuildOutcome | null = null;
  if (language.compile) {
    const command = { ...language.compile(context), isLocal: true };
    built = await workspace.build(command, COMPILE_LIMITS, signal);
    if (built.exitCode !== 0) return { built, ran: null };
  }
  const stdin = Buffer.from(program.stdin ?? '');
  return { built, ran: await workspace.run(language.run(context), stdin, exampleLimits(language), signal) };
}

/** Throws an Error that says what the toolchain did wrong. */
export async function proveToolchain(
  sandbox: Pick<Sandbox, 'open'>,
  language: Language,
  toolchain: Toolchain,
  signal: AbortSignal,
): Promise<void> {
  for (const [name, example] of Object.entries(language.examples)) {
    const { built, ran } = await withRetries(signal, () =>
      runProgram(sandbox, language, toolchain, example, signal),
    );
    signal.throwIfAborted();
    const outcome = ran ?? built;
    const isRight = ran?.exitCode === 0 && Buffer.from(ran.stdout).toString() === example.expectedOutput;
    if (!isRight && outcome) throw new Error(failure(language, toolchain, name, outcome));
  }
}

async function withRetries<T>(signal: AbortSignal, attempt: () => Promise<T>): Promise<T> {
  for (let count = 1; ; count += 1) {
    try {
      return await attempt();
    } catch (error) {
      signal.throwIfAborted();
      const mayPass = error instanceof SandboxError && error.retryable;
      if (!mayPass || count === MAX_ATTEMPTS) throw error;
    }
  }
}

function failure(language: Language, toolchain: Toolchain, example: string, outcome: BoxOutcome): string {
  const { exitCode, signal, stdout, stderr } = outcome;
  const printed = JSON.stringify(Buffer.from(stdout).toString().slice(0, 200));
  const errors = Buffer.from(stderr).toString().trim().slice(0, 300);
  return `${language.id} ${toolchain.version} fails its example ${example}: printed ${printed}, exit code ${exitCode}, signal ${signal}, ${errors}`;
}
