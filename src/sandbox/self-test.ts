// The trial of a sandbox at its start: a real box, in which a program tries to get out and to pass its limits. What it
// finds open stops the service, by name. Works on any driver that runs a static program.

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type BoxCommand,
  type BoxFile,
  type BoxLimits,
  type BoxOutcome,
  type DirectoryRoot,
  type RootFileSystem,
  type Sandbox,
  SandboxError,
  type Workspace,
} from './sandbox.ts';

const PROBE = join(import.meta.dirname, '../../supervisor/build/probe');
const MIB = 1024 * 1024;

/** A root with nothing but what every box has. */
export const BARE_ROOT: DirectoryRoot = { fingerprint: 'bare', mounts: [] };

export const PROBE_LIMITS: BoxLimits = {
  cpuTimeMs: 2000,
  wallTimeMs: 10_000,
  memoryBytes: 32 * MIB,
  processes: 16,
  outputBytes: 64 * 1024,
  fileSizeBytes: MIB,
  diskBytes: 8 * MIB,
  openFiles: 64,
  stackBytes: 8 * MIB,
  cpuQuota: 0,
};

/** The probe as files of a submission. */
export async function probeFiles(): Promise<BoxFile[]> {
  return [{ path: 'probe', content: await readFile(PROBE) }];
}

export function probeCommand(...args: readonly string[]): BoxCommand {
  return { argv: ['/code/probe', ...args], environment: {} };
}

/** Makes a box in which the probe runs to its end. Resolves with milliseconds. */
export async function timeProbe(open: Sandbox['open'], root: RootFileSystem): Promise<number> {
  const start = performance.now();
  await using workspace = await open(root, await probeFiles());
  const { signal } = new AbortController();
  const outcome = await workspace.run(probeCommand('exit', '0'), new Uint8Array(), PROBE_LIMITS, signal);
  if (outcome.exitCode !== 0) throw new SandboxError('the probe did not run to its end', { retryable: true });
  return performance.now() - start;
}

interface Trial {
  readonly args: readonly string[];
  readonly limits?: Partial<BoxLimits>;
  /** What is missing when the box lets the program through, `null` when all is well. */
  missing(outcome: BoxOutcome, harmless: readonly string[]): string | null;
}

const TRIALS: readonly Trial[] = [
  { args: ['isolation'], missing: openWays },
  {
    args: ['memory', String(64 * MIB)],
    missing: (outcome) => (outcome.outOfMemory ? null : 'the memory limit does not hold'),
  },
  {
    args: ['spin', '1'],
    limits: { cpuTimeMs: 50 },
    missing: (outcome) => (outcome.limitReached === 'cpu' ? null : 'the CPU time limit does not hold'),
  },
  {
    args: ['sleep', '5000'],
    limits: { wallTimeMs: 50 },
    missing: (outcome) => (outcome.limitReached === 'wall' ? null : 'the wall-clock limit does not hold'),
  },
  {
    args: ['stdout', String(MIB)],
    missing: (outcome) => (outcome.limitReached === 'output' ? null : 'the output limit does not hold'),
  },
  {
    args: ['fork-bomb'],
    missing: (outcome) =>
      Number(outcome.stdout.toString()) < PROBE_LIMITS.processes
        ? null
        : 'the limit of processes does not hold',
  },
  {
    args: ['write', '/box/work/file', String(2 * MIB)],
    missing: (outcome) => (outcome.signal === 'SIGXFSZ' ? null : 'the file size limit does not hold'),
  },
];

function openWays(outcome: BoxOutcome, harmless: readonly string[]): string | null {
  const lines = Buffer.from(outcome.stdout).toString().split('\n');
  const open = lines.filter((line) => line.startsWith('OPEN ')).map((line) => line.slice(5));
  const ways = open.filter((way) => !harmless.includes(way));
  if (ways.length > 0) return `a program in a box can ${ways.join(', ')}`;
  const wanted = open.length > 0 ? 1 : 0;
  return outcome.exitCode === wanted ? null : 'the trial of the isolation did not run to its end';
}

async function tryOne(
  workspace: Workspace,
  trial: Trial,
  harmless: readonly string[],
): Promise<string | null> {
  const limits = { ...PROBE_LIMITS, ...trial.limits };
  const command = probeCommand(...trial.args);
  const { signal } = new AbortController();
  return trial.missing(await workspace.run(command, new Uint8Array(), limits, signal), harmless);
}

/**
 * Throws an Error that names everything that is missing. `root` may hold nothing: the probe is static. `harmless` are
 * ways out by the probe's names that lead nowhere, as where another kernel than the machine's answers.
 */
export async function runSelfTest(
  open: Sandbox['open'],
  root: RootFileSystem,
  harmless: readonly string[] = [],
): Promise<void> {
  await using workspace = await open(root, await probeFiles());
  const missing: string[] = [];
  for (const trial of TRIALS) {
    const found = await tryOne(workspace, trial, harmless);
    if (found) missing.push(found);
  }
  if (missing.length > 0) throw new Error(`the sandbox does not isolate here: ${missing.join('; ')}`);
}
