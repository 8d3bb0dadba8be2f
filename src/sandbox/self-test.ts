// The self-test of a sandbox at its start: in a real box, a program tries to get out and to exceed its limits. If a way is
// open, the service stops and names it. Works on any driver that runs a static program.

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { KIB, MIB } from '../units.ts';
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

/** A root with nothing but what every box has. */
export const BARE_ROOT: DirectoryRoot = { fingerprint: 'bare', mounts: [] };

export const PROBE_LIMITS: BoxLimits = {
  cpuTimeMs: 2000,
  wallTimeMs: 10_000,
  memoryBytes: 32 * MIB,
  processes: 16,
  outputBytes: 64 * KIB,
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

/** Makes a box and runs the probe in it to its end. Resolves with milliseconds. */
export async function timeProbe(open: Sandbox['open'], root: RootFileSystem): Promise<number> {
  const start = performance.now();
  await using workspace = await open(root, await probeFiles());
  const { signal } = new AbortController();
  const outcome = await workspace.run(probeCommand('exit', '0'), new Uint8Array(), PROBE_LIMITS, signal);
  if (outcome.exitCode !== 0) throw new SandboxError('the probe did not run to its end', { retryable: true });
  return performance.now() - start;
}

/** The finding of a proof, as a sentence. A proof that another limit ended, as on a slow machine, is repeated. */
type Finding = 'holds' | { readonly open: string } | { readonly untried: string };

interface Proof {
  readonly args: readonly string[];
  readonly limits?: Partial<BoxLimits>;
  /** What is tested, in words. */
  readonly what: string;
  /** True if it holds, false if it does not, `null` if the outcome does not show it. */
  holds(outcome: BoxOutcome): boolean | null;
  /** Ways out that the outcome shows to be open. */
  ways?(outcome: BoxOutcome): readonly string[];
}

/** Factors for the time limits that a proof does not test, one attempt each. */
const PATIENCE: readonly number[] = [1, 4, 16];
/** A program that has used this much CPU time was not ended at its CPU limit. */
const MUCH_CPU_MS = 2000;

const PROOFS: readonly Proof[] = [
  {
    args: ['isolation'],
    what: 'the isolation',
    ways: waysOf,
    holds: (outcome) => (outcome.exitCode === (waysOf(outcome).length > 0 ? 1 : 0) ? true : null),
  },
  {
    args: ['memory', String(64 * MIB)],
    what: 'the memory limit',
    holds: (outcome) => outcome.outOfMemory || unlessEnded(outcome),
  },
  {
    args: ['spin', '1'],
    limits: { cpuTimeMs: 50 },
    what: 'the CPU time limit',
    holds: ({ limitReached, cpuTimeMs }) =>
      limitReached === 'cpu' || (cpuTimeMs > MUCH_CPU_MS ? false : null),
  },
  {
    args: ['sleep', '5000'],
    limits: { wallTimeMs: 50 },
    what: 'the wall-clock limit',
    holds: (outcome) => outcome.limitReached === 'wall' || unlessEnded(outcome),
  },
  {
    args: ['stdout', String(MIB)],
    what: 'the output limit',
    holds: (outcome) => outcome.limitReached === 'output' || unlessEnded(outcome),
  },
  { args: ['fork-bomb'], what: 'the limit of processes', holds: holdsProcesses },
  {
    args: ['write', '/box/work/file', String(2 * MIB)],
    what: 'the file size limit',
    holds: (outcome) => outcome.signal === 'SIGXFSZ' || unlessEnded(outcome),
  },
];

/** A program that ended by itself met no limit; one that met another limit shows nothing. */
function unlessEnded({ limitReached, exitCode }: BoxOutcome): false | null {
  return limitReached === null && exitCode !== null ? false : null;
}

function holdsProcesses({ stdout, limitReached }: BoxOutcome): boolean | null {
  const count = /^\d+$/.exec(Buffer.from(stdout).toString().trim())?.[0];
  if (count === undefined) return null;
  if (Number(count) >= PROBE_LIMITS.processes) return false;
  return limitReached === null ? true : null;
}

function waysOf({ stdout }: BoxOutcome): readonly string[] {
  const lines = Buffer.from(stdout).toString().split('\n');
  return lines.filter((line) => line.startsWith('OPEN ')).map((line) => line.slice(5));
}

async function proveOne(workspace: Workspace, proof: Proof, harmless: readonly string[]): Promise<Finding> {
  const { signal } = new AbortController();
  let ending = '';
  for (const times of PATIENCE) {
    const limits = { ...withTime(times), ...proof.limits };
    const outcome = await workspace.run(probeCommand(...proof.args), new Uint8Array(), limits, signal);
    const ways = proof.ways?.(outcome).filter((way) => !harmless.includes(way)) ?? [];
    if (ways.length > 0) return { open: `a program in a box can ${ways.join(', ')}` };
    const holds = proof.holds(outcome);
    if (holds === true) return 'holds';
    if (holds === false) return { open: `${proof.what} does not hold` };
    ending = describeEnding(outcome);
  }
  return { untried: `${proof.what} (the program ${ending})` };
}

function withTime(times: number): BoxLimits {
  const { cpuTimeMs, wallTimeMs } = PROBE_LIMITS;
  return { ...PROBE_LIMITS, cpuTimeMs: cpuTimeMs * times, wallTimeMs: wallTimeMs * times };
}

function describeEnding({ limitReached, signal, exitCode, cpuTimeMs, wallTimeMs }: BoxOutcome): string {
  const how = limitReached
    ? `met its limit of ${limitReached}`
    : `ended with ${signal ?? `exit code ${exitCode}`}`;
  return `${how} after ${Math.round(cpuTimeMs)} ms of CPU time in ${Math.round(wallTimeMs)} ms`;
}

/**
 * Throws an Error that names everything that is open, and what could not be tested, which does not count as passed.
 * `root` may be empty: the probe is static. `harmless` lists ways out, by the probe's names, that lead nowhere, as under
 * gVisor, where another kernel than the machine's answers.
 */
export async function runSelfTest(
  open: Sandbox['open'],
  root: RootFileSystem,
  harmless: readonly string[] = [],
): Promise<void> {
  await using workspace = await open(root, await probeFiles());
  const findings: Finding[] = [];
  for (const proof of PROOFS) findings.push(await proveOne(workspace, proof, harmless));
  const isOpen = findings.flatMap((found) =>
    typeof found === 'object' && 'open' in found ? found.open : [],
  );
  const untried = findings.flatMap((found) =>
    typeof found === 'object' && 'untried' in found ? found.untried : [],
  );
  const problems = [
    ...(isOpen.length > 0 ? [`the sandbox does not isolate here: ${isOpen.join('; ')}`] : []),
    ...(untried.length > 0
      ? [`not tried, as this machine is too slow or too busy now: ${untried.join('; ')}`]
      : []),
  ];
  if (problems.length > 0) throw new Error(problems.join('. '));
}
