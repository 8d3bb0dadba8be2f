// Runs attacks: in a box of the serving supervisor and in one of a supervisor that lacks some protections. An attack
// counts as shown when it works in the second and fails in the first. Boxes are native, or containers with
// ESCAPES_SANDBOX=docker, or in containers with ESCAPES_SANDBOX=nested. Knows nothing of how attacks are compiled.

import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { after, type TestContext } from 'node:test';
import { createTestLog } from '../../src/log-fixture.ts';
import { createNativeSandbox } from '../../src/sandbox/native/native-sandbox.ts';
import type {
  BoxCommand,
  BoxFile,
  BoxLimits,
  BoxOutcome,
  RootFileSystem,
  Sandbox,
  SessionOptions,
} from '../../src/sandbox/sandbox.ts';
import { BARE_ROOT, PROBE_LIMITS } from '../../src/sandbox/self-test.ts';
import { MIB } from '../../src/units.ts';
import { closeEngine, createContainerSandbox, whyAlwaysThere } from './containers.ts';
import { type Attack, endLoading, SERVING, type Stage } from './stage.ts';

const IS_NESTED = process.env.ESCAPES_SANDBOX === 'nested';
/** The driver under attack. Boxes in a container are as native ones. */
export const DRIVER: Sandbox['name'] = process.env.ESCAPES_SANDBOX === 'docker' ? 'docker' : 'native';

/** By how much this machine is slower than usual, as the guest of test/cgroup2 says it. */
export const TIME_FACTOR = Number(process.env.TIME_FACTOR ?? 1);

export const LIMITS: BoxLimits = {
  ...PROBE_LIMITS,
  cpuTimeMs: 5000 * TIME_FACTOR,
  wallTimeMs: 10_000 * TIME_FACTOR,
};

export interface Attempt {
  readonly args?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly limits?: Partial<BoxLimits>;
  readonly root?: RootFileSystem;
  readonly files?: readonly BoxFile[];
  readonly stdin?: string;
  /** Runs the attack as a compiler and then this command with what it built; the ending is this command's. */
  readonly thenRun?: readonly string[];
  readonly slots?: number;
  readonly signal?: AbortSignal;
  /** Runs the attack with live streams. */
  readonly session?: SessionOptions;
}

/** How an attack ended and what it said of itself. */
export interface Ending {
  readonly outcome: BoxOutcome;
  readonly stdout: string;
  readonly escaped: readonly string[];
  readonly held: readonly string[];
}

/** A sandbox that runs, its supervisor's number and the lines that it logged. */
interface Started {
  readonly sandbox: Sandbox;
  readonly pid: number;
  readonly log: readonly string[];
}

const started = new Map<string, Promise<Started>>();
const directories: string[] = [];

after(async () => {
  for (const stage of started.values()) await (await stage).sandbox.close();
  await closeEngine();
  for (const directory of directories) rmSync(directory, { recursive: true, force: true });
});

/** A directory that goes with the test file. */
export function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'escapes-'));
  directories.push(directory);
  return directory;
}

/** For the options of a test: `reason` is why containers have nothing that it could attack. */
export function nativeOnly(reason: string): { readonly skip: string | false } {
  return { skip: DRIVER === 'native' ? false : reason };
}

/** The same for native boxes. */
export function containersOnly(reason: string): { readonly skip: string | false } {
  return { skip: DRIVER === 'docker' ? false : reason };
}

/** Why the driver has no stage that lacks this; `null` when it has. Then only that the attack fails can be shown. */
export function whyNoSuchStage(stage: Stage): string | null {
  return DRIVER === 'docker' || IS_NESTED ? whyAlwaysThere(stage) : null;
}

async function start(stage: Stage, slots: number): Promise<Started> {
  endLoading();
  let pid = 0;
  const log: string[] = [];
  if (DRIVER === 'docker' || IS_NESTED) {
    const sandbox = await createContainerSandbox(stage, slots, (message) => log.push(message));
    return { sandbox, pid, log };
  }
  const sandbox = await createNativeSandbox({
    slots,
    dataDirectory: temporaryDirectory(),
    artifactCacheBytes: 64 * MIB,
    log: createTestLog(({ message, details }) => {
      log.push(message);
      if ('pid' in details) pid = Number(details.pid);
    }),
    program: stage.environment ? programWith(stage.environment, stage.program) : stage.program,
    ...{ selfTest: false, boxes: slots, warmBytes: stage.warmBytes ?? 0 }, // none to spare: runs follow in one place
  });
  return { sandbox, pid, log };
}

/** A program that starts another one with variables. */
function programWith(environment: readonly string[], program: string): string {
  const script = join(temporaryDirectory(), 'supervisor');
  writeFileSync(script, `#!/bin/sh\nexport ${environment.join(' ')}\nexec ${program} "$@"\n`);
  chmodSync(script, 0o755);
  return script;
}

/** The sandbox of a stage, started when it is first asked for and closed after the file's tests. */
export function sandboxOf(stage: Stage, slots = 1): Promise<Started> {
  const key = keyOf(stage, slots);
  const known = started.get(key) ?? start(stage, slots);
  started.set(key, known);
  return known;
}

function keyOf({ program, environment = [], warmBytes = 0 }: Stage, slots: number): string {
  return [program, slots, warmBytes, ...environment].join(' ');
}

/** Whether this process, and so a supervisor, has a capability by its number; some machines give root less than all. */
export function hasCapability(number: number): boolean {
  const mask = /^CapEff:\s*(\w+)$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? '0';
  return ((BigInt(`0x${mask}`) >> BigInt(number)) & 1n) === 1n;
}

/** Closes a stage's sandbox before its time, with all that still runs in it. */
export async function closeStage(stage: Stage, slots = 1): Promise<void> {
  const key = keyOf(stage, slots);
  const known = started.get(key);
  started.delete(key);
  await (await known)?.sandbox.close();
}

export function commandOf(argv: readonly string[], environment = {}): BoxCommand {
  return { argv, environment };
}

/** A root that also shows `binds`: path in the box → path on this machine. */
export function rootWith(binds: Readonly<Record<string, string>>): RootFileSystem {
  const mounts = Object.entries(binds).map(([target, source]) => ({ kind: 'bind' as const, source, target }));
  return { fingerprint: JSON.stringify(binds), mounts };
}

export function endingOf(outcome: BoxOutcome): Ending {
  const stdout = Buffer.from(outcome.stdout).toString();
  const lines = (prefix: string) =>
    stdout.split('\n').flatMap((line) => (line.startsWith(prefix) ? [line.slice(prefix.length)] : []));
  return { outcome, stdout, escaped: lines('escaped: '), held: lines('held: ') };
}

/** Runs an attack once in a box of a stage. */
export async function run(stage: Stage, { file }: Attack, attempt: Attempt = {}): Promise<Ending> {
  const { sandbox } = await sandboxOf(stage, attempt.slots);
  const limits = { ...LIMITS, ...attempt.limits };
  const signal = attempt.signal ?? new AbortController().signal;
  const command = commandOf(['/code/attack', ...(attempt.args ?? [])], attempt.environment);
  await using workspace = await sandbox.open(attempt.root ?? BARE_ROOT, [file, ...(attempt.files ?? [])]);
  if (attempt.session) {
    const session = await workspace.start(command, limits, signal, attempt.session);
    const [outcome, stdout] = await Promise.all([session.ended, buffer(session.stdout)]);
    return endingOf({ ...outcome, stdout: Buffer.from(stdout.toString().replaceAll('\r', '')) });
  }
  if (!attempt.thenRun)
    return endingOf(await workspace.run(command, Buffer.from(attempt.stdin ?? ''), limits, signal));
  const built = await workspace.build(command, limits, signal);
  if (built.exitCode !== 0) return endingOf(built);
  return endingOf(await workspace.run(commandOf(attempt.thenRun), new Uint8Array(), limits, signal));
}

/** Runs an attack several times on the files of one submission, with other arguments each time. Resolves with the last. */
export async function runInTurn(
  stage: Stage,
  { file }: Attack,
  turns: readonly (readonly string[])[],
  attempt: Attempt = {},
): Promise<Ending> {
  const { sandbox } = await sandboxOf(stage);
  const limits = { ...LIMITS, ...attempt.limits };
  await using workspace = await sandbox.open(attempt.root ?? BARE_ROOT, [file, ...(attempt.files ?? [])]);
  let ending: Ending | null = null;
  for (const args of turns) {
    const command = commandOf(['/code/attack', ...args], attempt.environment);
    ending = endingOf(await workspace.run(command, new Uint8Array(), limits, new AbortController().signal));
  }
  assert.ok(ending, 'there is a turn');
  return ending;
}

/** What says that this kernel lacks the thing under attack. */
const IS_UNAVAILABLE = /: (ENOSYS|EAFNOSUPPORT|EPROTONOSUPPORT|ENODEV|EOPNOTSUPP)$/;

/** Asserts that the attack fails with all protections, for a reason that it reports or by its end. */
export function assertHeld({ outcome, escaped, held, stdout }: Ending): void {
  assert.deepEqual(escaped, [], 'the attack works in the serving sandbox');
  const isEnded = outcome.forbiddenSystemCall || outcome.limitReached !== null || outcome.signal !== null;
  assert.ok(isEnded || held.length > 0, `the attack ended without a word: ${describe(outcome)} ${stdout}`);
}

export function describe(outcome: BoxOutcome): string {
  const { exitCode, signal, limitReached, stderr } = outcome;
  return JSON.stringify({ exitCode, signal, limitReached, stderr: Buffer.from(stderr).toString() });
}

/**
 * A test body: each of the attack's tries works on `weak` and none does in the serving sandbox. It is skipped where
 * the kernel lacks what is attacked.
 */
export function shows(weapon: Attack, weak: Stage, attempt: Attempt = {}) {
  return async (context: TestContext): Promise<void> => {
    assertHeld(await run(SERVING, weapon, attempt));
    const reason = whyNoSuchStage(weak);
    if (reason !== null) return context.diagnostic(`shown to hold only: ${reason}`);
    const { outcome, escaped, held } = await run(weak, weapon, attempt);
    for (const line of held)
      assert.match(line, IS_UNAVAILABLE, `fails without ${weak.lacking.join(' and ')} as well`);
    if (escaped.length === 0 && held.length > 0)
      return context.skip(`not to be had here: ${held.join(', ')}`);
    assert.ok(escaped.length > 0, `the attack does not work without ${weak.lacking}: ${describe(outcome)}`);
  };
}

/** A test body: the attack also fails on each of `stages`, which lack one of several layers. */
export function withstands(weapon: Attack, stages: readonly Stage[], attempt: Attempt = {}) {
  return async (context: TestContext): Promise<void> => {
    const possible = stages.filter((stage) => whyNoSuchStage(stage) === null);
    if (possible.length === 0)
      return context.skip(`nothing to take away: ${stages.map(whyNoSuchStage).join('; ')}`);
    for (const stage of possible) assertHeld(await run(stage, weapon, attempt));
  };
}
