// Proves that a toolchain works: compiles and runs a language's examples in its root, as a box would, and compares
// what they print. A compiler that is there but does not work is found here and not by the first client.

import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { runInRoot } from './chroot-runner.ts';
import type {
  RequiredContext,
  RequiredExample,
  Requirement,
  Toolchain,
  ToolchainMount,
} from './toolchain.ts';

const STEP_TIMEOUT_MS = 120_000;
const MEMORY_BYTES = 128 * 1024 * 1024;

/** What the examples' commands are made from. */
export function exampleContext(language: Requirement, toolchain: Toolchain, code: string): RequiredContext {
  const sourceFile = language.sourceFile(code);
  const { tools, prebuilt, prebuiltParts } = toolchain;
  return { tools, prebuilt, prebuiltParts, sourceFile, files: [sourceFile], memoryBytes: MEMORY_BYTES, code };
}

/** Throws an error that says what the toolchain did wrong. */
export async function prove(language: Requirement, toolchain: Toolchain, signal: AbortSignal): Promise<void> {
  for (const [name, example] of Object.entries(language.examples)) {
    const directory = await mkdtemp(join(tmpdir(), 'proof-'));
    try {
      await proveExample(language, toolchain, example, directory, signal);
    } catch (cause) {
      signal.throwIfAborted();
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new Error(`${language.id} ${toolchain.version} fails its example ${name}: ${reason}`, { cause });
    } finally {
      await rm(directory, { recursive: true, force: true });
    }
  }
}

async function proveExample(
  language: Requirement,
  toolchain: Toolchain,
  example: RequiredExample,
  directory: string,
  signal: AbortSignal,
): Promise<void> {
  const context = exampleContext(language, toolchain, example.code);
  const [code, out] = [join(directory, 'code'), join(directory, 'out')];
  await mkdir(dirname(join(code, context.sourceFile)), { recursive: true });
  await mkdir(out);
  await chmod(out, 0o777);
  await writeFile(join(code, context.sourceFile), example.code);
  const codeMount: ToolchainMount = { kind: 'bind', source: code, target: '/code' };
  const common = { unprivileged: true, timeoutMs: STEP_TIMEOUT_MS, signal };
  if (language.compile) {
    const mounts = [...toolchain.root.mounts, codeMount];
    const writable = [{ source: out, target: '/box/out' }];
    const compiled = await runInRoot({ ...common, mounts, writable, command: language.compile(context) });
    if (compiled.exitCode !== 0) throw new Error(`compiler: ${compiled.stderr}${compiled.stdout}`.trim());
  }
  const mounts: ToolchainMount[] = [
    ...toolchain.root.mounts,
    codeMount,
    { kind: 'bind', source: out, target: '/build' },
  ];
  const ran = await runInRoot({ ...common, mounts, command: language.run(context), stdin: example.stdin });
  if (ran.exitCode !== 0 || ran.stdout !== example.expectedOutput) {
    throw new Error(`printed ${JSON.stringify(ran.stdout)}, exit code ${ran.exitCode}, ${ran.stderr.trim()}`);
  }
}
