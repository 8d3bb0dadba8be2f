// Proves that a toolchain works in the sandbox that will use it: compiles and runs a language's examples in boxes and
// compares what they print.

import type { Language } from '../languages/language.ts';
import { COMPILE_LIMITS, diskBytesFor, RUN_LIMITS, stackBytesFor } from '../limits.ts';
import type { BoxCommand, BoxFile, BoxLimits, BoxOutcome, Sandbox } from '../sandbox/sandbox.ts';
import type { Toolchain } from '../toolchains/toolchain.ts';
import { MIB } from '../units.ts';

const MEMORY_MB = 128;

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

/** Throws an Error that says what the toolchain did wrong. */
export async function proveToolchain(
  sandbox: Sandbox,
  language: Language,
  toolchain: Toolchain,
  signal: AbortSignal,
): Promise<void> {
  for (const [name, example] of Object.entries(language.examples)) {
    const sourceFile = language.sourceFile(example.code);
    const files: BoxFile[] = [{ path: sourceFile, content: Buffer.from(example.code) }];
    const context = {
      ...toolchain,
      sourceFile,
      files: [sourceFile],
      memoryBytes: MEMORY_MB * MIB,
      code: example.code,
    };
    await using workspace = await sandbox.open(toolchain.root, files);
    if (language.compile) {
      const built = await workspace.build(language.compile(context), COMPILE_LIMITS, signal);
      if (built.exitCode !== 0) throw new Error(failure(language, toolchain, name, built));
    }
    const command: BoxCommand = language.run(context);
    const outcome = await workspace.run(command, Buffer.from(example.stdin), exampleLimits(language), signal);
    signal.throwIfAborted();
    const isRight =
      outcome.exitCode === 0 && Buffer.from(outcome.stdout).toString() === example.expectedOutput;
    if (!isRight) throw new Error(failure(language, toolchain, name, outcome));
  }
}

function failure(language: Language, toolchain: Toolchain, example: string, outcome: BoxOutcome): string {
  const { exitCode, signal, stdout, stderr } = outcome;
  const printed = JSON.stringify(Buffer.from(stdout).toString().slice(0, 200));
  const said = Buffer.from(stderr).toString().trim().slice(0, 300);
  return `${language.id} ${toolchain.version} fails its example ${example}: printed ${printed}, exit code ${exitCode}, signal ${signal}, ${said}`;
}
