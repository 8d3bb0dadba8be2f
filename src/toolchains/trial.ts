// Compiles and runs one program with a toolchain, in its root, as a box would. For programs of our own only: this is
// no sandbox.

import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { CommandContext, Language } from '../languages/language.ts';
import type { RootMount } from '../sandbox/sandbox.ts';
import { MIB } from '../units.ts';
import { runInRoot } from './chroot-runner.ts';
import { type CommandResult, makeReadable } from './run-command.ts';
import type { InstalledToolchain, Toolchain } from './toolchain.ts';

const STEP_TIMEOUT_MS = 120_000;
const MEMORY_BYTES = 128 * MIB;

export interface TrialProgram {
  readonly code: string;
  readonly stdin?: string;
  /** Further files, by path. */
  readonly files?: Readonly<Record<string, string>>;
}

export interface TrialOutcome {
  /** `null` for a language without a compiler. */
  readonly compiled: CommandResult | null;
  /** `null` when the compiler refused the program. */
  readonly ran: CommandResult | null;
}

/** What the commands for a program are made from. */
export function trialContext(
  language: Language,
  toolchain: Toolchain,
  program: TrialProgram,
): CommandContext {
  const { code, files = {} } = program;
  const sourceFile = language.sourceFile(code);
  const { tools, prebuilt, prebuiltParts } = toolchain;
  const names = [sourceFile, ...Object.keys(files)];
  return { tools, prebuilt, prebuiltParts, sourceFile, files: names, memoryBytes: MEMORY_BYTES, code };
}

/** Throws when the root cannot be put together. */
export async function tryProgram(
  language: Language,
  toolchain: InstalledToolchain,
  program: TrialProgram,
  signal: AbortSignal,
): Promise<TrialOutcome> {
  const context = trialContext(language, toolchain, program);
  const directory = await mkdtemp(join(tmpdir(), 'trial-'));
  try {
    const [code, out] = [join(directory, 'code'), join(directory, 'out')];
    await writeFiles(code, { ...program.files, [context.sourceFile]: program.code });
    await makeReadable(code);
    await mkdir(out);
    await chmod(out, 0o777);
    const mounts: RootMount[] = [...toolchain.root.mounts, { kind: 'bind', source: code, target: '/code' }];
    const common = { unprivileged: true, timeoutMs: STEP_TIMEOUT_MS, signal };
    let compiled: CommandResult | null = null;
    if (language.compile) {
      const writable = [{ source: out, target: '/box/out' }];
      compiled = await runInRoot({ ...common, mounts, writable, command: language.compile(context) });
      if (compiled.exitCode !== 0) return { compiled, ran: null };
      mounts.push({ kind: 'bind', source: out, target: '/build' });
    }
    const command = language.run(context);
    return { compiled, ran: await runInRoot({ ...common, mounts, command, stdin: program.stdin ?? '' }) };
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

async function writeFiles(directory: string, files: Readonly<Record<string, string>>): Promise<void> {
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(directory, path)), { recursive: true });
    await writeFile(join(directory, path), content);
  }
}
