// What the cases of the sandbox's contract have in common: the sandbox under test, workspaces with the probe, and assertions
// on outcomes. It knows no case.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { MIB } from '../units.ts';
import type {
  BoxCommand,
  BoxFile,
  BoxLimits,
  BoxOutcome,
  RootFileSystem,
  Sandbox,
  Session,
  SessionOptions,
  Workspace,
} from './sandbox.ts';

export const PROBE = join(import.meta.dirname, '../../supervisor/build/probe');
export const NOTHING = new Uint8Array();

export interface ContractOptions {
  /** The root of the boxes; it may be empty, as the probe is static. */
  readonly root?: RootFileSystem;
  /** Cases that the driver does not pass, each with the reason. */
  readonly skip?: Readonly<Record<string, string>>;
  /** Why the driver has no terminals. */
  readonly withoutTerminals?: string;
  /** How much slower than the native driver on real hardware, on top of the environment's TIME_FACTOR. */
  readonly timeFactor?: number;
}

/** What a case uses. Times are milliseconds; those that are limits are already multiplied by `timeFactor`. */
export interface Contract {
  readonly timeFactor: number;
  readonly root: RootFileSystem;
  readonly limits: BoxLimits;
  readonly create: () => Promise<Sandbox>;
  sandbox(): Sandbox;
  readonly withoutTerminals: string | false;
  /** Registers a case; `skip` refers to it by `caseName`. */
  it(caseName: string, body: () => Promise<void>): void;
  /** Opens a workspace with the probe at /code/probe and further files. */
  open(...files: BoxFile[]): Promise<Workspace>;
  /** Runs the probe once, in a new workspace. */
  probe(args: readonly string[], changes?: RunChanges): Promise<BoxOutcome>;
  /** Starts the probe with live streams in an existing workspace. */
  startIn(workspace: Workspace, args: readonly string[], changes?: SessionChanges): Promise<Session>;
  /** Runs the probe in an existing workspace. */
  runIn(workspace: Workspace, args: readonly string[], changes?: RunChanges): Promise<BoxOutcome>;
}

export interface SessionChanges extends SessionOptions {
  readonly limits?: Partial<BoxLimits>;
  readonly signal?: AbortSignal;
}

interface RunChanges {
  readonly stdin?: Uint8Array;
  readonly limits?: Partial<BoxLimits>;
  readonly signal?: AbortSignal;
  readonly environment?: Record<string, string>;
}

export function createContract(create: () => Promise<Sandbox>, options: ContractOptions): Contract {
  const timeFactor = Number(process.env.TIME_FACTOR ?? 1) * (options.timeFactor ?? 1);
  const skip = new Map(Object.entries(options.skip ?? {}));
  let sandbox: Sandbox;
  let probe: BoxFile;
  before(async () => {
    probe = { path: 'probe', content: await readFile(PROBE) };
    sandbox = await create();
  });
  after(() => sandbox?.close());
  const contract: Contract = {
    timeFactor,
    root: options.root ?? { fingerprint: 'bare', mounts: [] },
    limits: {
      cpuTimeMs: 5000 * timeFactor,
      wallTimeMs: 20_000 * timeFactor,
      memoryBytes: 64 * MIB,
      processes: 16,
      outputBytes: 4 * MIB,
      fileSizeBytes: 8 * MIB,
      diskBytes: 16 * MIB,
      openFiles: 64,
      stackBytes: 8 * MIB,
      cpuQuota: 0,
    },
    create,
    withoutTerminals: options.withoutTerminals ?? false,
    sandbox: () => sandbox,
    it: (caseName, body) => void test(caseName, { skip: skip.get(caseName) ?? false }, body),
    open: (...more) => sandbox.open(contract.root, [probe, ...more]),
    async probe(args, changes) {
      await using workspace = await contract.open();
      return await contract.runIn(workspace, args, changes);
    },
    startIn(workspace, args, { limits, signal, ...options } = {}) {
      const allLimits = { ...contract.limits, ...limits };
      return workspace.start(probeCommand(...args), allLimits, signal ?? never(), options);
    },
    runIn(workspace, args, changes = {}) {
      const command = { ...probeCommand(...args), environment: changes.environment ?? {} };
      const limits = { ...contract.limits, ...changes.limits };
      return workspace.run(command, changes.stdin ?? NOTHING, limits, changes.signal ?? never());
    },
  };
  return contract;
}

export function probeCommand(...args: readonly string[]): BoxCommand {
  return { argv: ['/code/probe', ...args], environment: {} };
}

/** A signal that is never aborted. */
export function never(): AbortSignal {
  return new AbortController().signal;
}

export function text(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString();
}

/** The strings that the probe printed, each with a NUL at its end. */
export function strings(bytes: Uint8Array): string[] {
  return text(bytes).split('\0').slice(0, -1);
}

export function assertExited(outcome: BoxOutcome, exitCode: number): void {
  const { stdout, stderr, ...rest } = outcome;
  const shown = { ...rest, stdout: text(stdout).slice(0, 200), stderr: text(stderr).slice(0, 200) };
  assert.equal(outcome.exitCode, exitCode, JSON.stringify(shown));
  assert.equal(outcome.signal, null);
  assert.equal(outcome.limitReached, null);
  assert.equal(outcome.outOfMemory, false);
  assert.equal(outcome.cancelled, false);
}

/** Waits for a condition that should soon be true, at most ten seconds. */
export async function eventually(
  holds: () => Promise<boolean>,
  message: string,
  timeFactor: number,
): Promise<void> {
  const end = performance.now() + 10_000 * timeFactor;
  while (!(await holds())) {
    if (performance.now() > end) assert.fail(message);
    await sleep(10);
  }
}
