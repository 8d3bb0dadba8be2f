// Whatever programs do, and however the supervisor dies, nothing is left: no process, mount, control group, artifact or
// descriptor. What the supervisor holds after hundreds of runs is what it held after the first few.

import assert from 'node:assert/strict';
import { randomInt, randomUUID } from 'node:crypto';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { MIB } from '../../units.ts';
import {
  type BoxFile,
  type BoxLimits,
  type BoxOutcome,
  type Sandbox,
  SandboxError,
  type Workspace,
} from '../sandbox.ts';
import { processesWith } from '../sandbox-contract.ts';
import { BARE_ROOT, PROBE_LIMITS, probeCommand, probeFiles } from '../self-test.ts';
import {
  artifactsOf,
  controlGroupsOf,
  descendantsOf,
  descriptorsOf,
  eventually,
  filesBelow,
  IS_EMULATED,
  isAlive,
  mountsOf,
  type Process,
  residentBytesOf,
  startSandbox,
  stillThere,
  TIME_FACTOR,
} from './supervisor-fixture.ts';

/** Runs between two counts of what is left, four times. */
const RUNS = IS_EMULATED ? 20 : 100;
const WORKERS = 4; // on two slots, so that some always wait
const RESIDENT_SLACK_BYTES = 4 * MIB;

/** Numbers that a seed repeats (mulberry32). */
function createRandom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

interface Behaviour {
  readonly args: readonly string[];
  readonly limits?: Partial<BoxLimits>;
  readonly stdin?: Uint8Array;
  /** True of a run that was not disturbed. */
  readonly ends: (outcome: BoxOutcome) => boolean;
}

const exits = (code: number) => (outcome: BoxOutcome) => outcome.exitCode === code;
const reaches = (limit: BoxOutcome['limitReached']) => (outcome: BoxOutcome) =>
  outcome.limitReached === limit;
const input = Buffer.alloc(50_000, 'i');
const short = { cpuTimeMs: 20 * TIME_FACTOR };

const BEHAVIOURS: readonly Behaviour[] = [
  { args: ['exit', '3'], ends: exits(3) },
  { args: ['signal', '11'], ends: ({ signal }) => signal === 'SIGSEGV' },
  { args: ['echo'], stdin: input, ends: ({ stdout }) => input.equals(stdout) },
  { args: ['echo-twice'], stdin: input, ends: ({ stderr }) => input.equals(stderr) },
  { args: ['exit', '0'], stdin: input, ends: exits(0) },
  { args: ['memory', String(64 * MIB)], ends: reaches('memory') },
  { args: ['memory', String(8 * MIB)], ends: exits(0) },
  { args: ['memory-children', '6', String(12 * MIB)], ends: reaches('memory') },
  { args: ['spin', '2'], limits: short, ends: reaches('cpu') },
  { args: ['ignore-xcpu'], limits: short, ends: reaches('cpu') },
  { args: ['burn-children', '3', '3'], ends: exits(0) },
  { args: ['sleep', '3600000'], limits: { wallTimeMs: 20 * TIME_FACTOR }, ends: reaches('wall') },
  { args: ['stdout', '1000000000'], ends: reaches('output') },
  { args: ['stderr', '1000000000'], ends: reaches('output') },
  { args: ['stdout', '60000'], ends: exits(0) },
  { args: ['outlive-output', '5'], ends: exits(5) },
  { args: ['write', '/box/work/file', String(2 * MIB)], ends: ({ signal }) => signal === 'SIGXFSZ' },
  {
    args: ['write', '/tmp/file', String(16 * MIB)],
    limits: { fileSizeBytes: 64 * MIB },
    ends: ({ stdout }) => stdout.toString() === 'ENOSPC\n',
  },
  {
    args: ['write', '/tmp/file', String(64 * MIB)],
    limits: { fileSizeBytes: 128 * MIB, diskBytes: 128 * MIB },
    ends: reaches('memory'),
  },
  { args: ['files', '20000'], ends: exits(0) },
  { args: ['descriptors'], ends: exits(0) },
  { args: ['fork-bomb'], ends: exits(0) },
  { args: ['daemon'], ends: exits(0) },
  { args: ['leave-child'], ends: exits(0) },
  { args: ['mark', 'name', '2'], ends: exits(0) },
  { args: ['unshare'], ends: ({ forbiddenSystemCall }) => forbiddenSystemCall },
  { args: ['isolation'], ends: exits(0) },
];

/** What a sandbox is made to do, with a token among the arguments of every program. */
interface Traffic {
  readonly sandbox: Sandbox;
  readonly token: string;
  readonly random: (below: number) => number;
  readonly probe: readonly BoxFile[];
  runs: number;
}

const LIMITS: BoxLimits = {
  ...PROBE_LIMITS,
  cpuTimeMs: 5000 * TIME_FACTOR,
  wallTimeMs: 30_000 * TIME_FACTOR,
};

/** A signal that is aborted soon, in one of four cases. */
function randomSignal(random: Traffic['random']): AbortSignal {
  return random(4) === 0 ? AbortSignal.timeout(random(30 * TIME_FACTOR)) : new AbortController().signal;
}

async function runOne(traffic: Traffic, workspace: Workspace, behaviour: Behaviour): Promise<void> {
  const command = probeCommand(...behaviour.args, traffic.token);
  const limits = { ...LIMITS, ...behaviour.limits };
  const signal = randomSignal(traffic.random);
  traffic.runs++;
  const outcome = await workspace.run(command, behaviour.stdin ?? new Uint8Array(), limits, signal);
  const seen = JSON.stringify({ ...outcome, stdout: outcome.stdout.length, stderr: outcome.stderr.length });
  assert.ok((outcome.cancelled && signal.aborted) || behaviour.ends(outcome), `${behaviour.args}: ${seen}`);
}

async function buildOne(traffic: Traffic, workspace: Workspace): Promise<void> {
  const code = traffic.random(3) === 0 ? '1' : '0';
  const signal = randomSignal(traffic.random);
  traffic.runs++;
  const outcome = await workspace.build(probeCommand('build', code, traffic.token), LIMITS, signal);
  assert.ok(outcome.cancelled || outcome.exitCode === Number(code), JSON.stringify(outcome));
}

/** The life of one workspace: perhaps a build, some runs one after the other or at once, and its end. */
async function liveOnce(traffic: Traffic, mayFail: boolean): Promise<void> {
  const { sandbox, random, probe } = traffic;
  const unique = { path: 'unique', content: Buffer.from(randomUUID()) };
  try {
    await using workspace = await sandbox.open(BARE_ROOT, [...probe, unique]);
    if (random(3) === 0) await buildOne(traffic, workspace);
    const some = Array.from({ length: random(4) }, () => BEHAVIOURS[random(BEHAVIOURS.length)] as Behaviour);
    if (random(2) === 0) for (const behaviour of some) await runOne(traffic, workspace, behaviour);
    else await Promise.all(some.map((behaviour) => runOne(traffic, workspace, behaviour)));
  } catch (error) {
    if (!(mayFail && error instanceof SandboxError && error.retryable)) throw error;
  }
}

/** Runs programs until there were `count` more. */
async function drive(traffic: Traffic, count: number, mayFail = false): Promise<void> {
  const end = traffic.runs + count;
  const worker = async () => {
    while (traffic.runs < end) await liveOnce(traffic, mayFail);
  };
  await Promise.all(Array.from({ length: WORKERS }, worker));
}

/** Each behaviour once and alone: after that, the supervisor has all that it ever keeps. */
async function warmUp(traffic: Traffic): Promise<void> {
  const { sandbox, probe } = traffic;
  await using workspace = await sandbox.open(BARE_ROOT, probe);
  await Promise.all([...BEHAVIOURS, ...BEHAVIOURS].map((behaviour) => runOne(traffic, workspace, behaviour)));
}

/** What is there while nothing runs. */
interface Holdings {
  readonly processes: number;
  readonly zombies: number;
  readonly mounts: number;
  readonly groups: number;
  readonly artifacts: number;
  readonly descriptors: number;
  readonly ownDescriptors: number;
}

function holdings(pid: number, runDirectory: string): Holdings {
  const processes = descendantsOf(pid);
  return {
    processes: processes.length,
    zombies: processes.filter(({ state }) => state === 'Z').length,
    mounts: mountsOf(pid).length,
    groups: controlGroupsOf(pid).length,
    artifacts: artifactsOf(pid, runDirectory).length,
    descriptors: descriptorsOf(pid),
    ownDescriptors: descriptorsOf('self'),
  };
}

/** The holdings once they stay the same for a while. */
async function settled(pid: number, runDirectory: string): Promise<Holdings> {
  let last = '';
  let since = performance.now();
  await eventually(() => {
    const now = JSON.stringify(holdings(pid, runDirectory));
    if (now !== last) since = performance.now();
    last = now;
    return performance.now() - since > 100 * TIME_FACTOR;
  });
  return holdings(pid, runDirectory);
}

async function assertGone(pid: number, processes: readonly Process[], token: string): Promise<void> {
  assert.ok(await eventually(() => !isAlive(pid)), 'the supervisor lives');
  assert.ok(await eventually(() => stillThere(processes).length === 0), 'its processes live');
  assert.ok(await eventually(async () => (await processesWith(token)).length === 0), 'programs live');
  assert.deepEqual(controlGroupsOf(pid), []);
}

/** Kills the supervisor under load; the load continues with the next one. */
async function killDuringTraffic(traffic: Traffic, pid: number): Promise<Process[]> {
  const driven = drive(traffic, Math.ceil(RUNS / 4), true);
  await sleep(traffic.random(100 * TIME_FACTOR));
  const processes = descendantsOf(pid);
  process.kill(pid, 'SIGKILL');
  await driven;
  return processes;
}

test('nothing is left of hundreds of runs and of three dead supervisors', async (t: TestContext) => {
  const seed = Number(process.env.SEED ?? randomInt(2 ** 31));
  t.diagnostic(`SEED=${seed}`);
  const machineMounts = mountsOf('self');
  const descriptorsBefore = descriptorsOf('self');
  const { sandbox, supervisors, runDirectory } = await startSandbox({ artifactCacheBytes: 0 });
  t.after(() => sandbox.close());
  const token = `leftover-${randomUUID()}`;
  const traffic = { sandbox, token, random: createRandom(seed), probe: await probeFiles(), runs: 0 };
  let reference: Holdings | null = null;

  for (let round = 0; round < 4; round++) {
    if (round > 0) {
      const killed = supervisors.at(-1) as number;
      const processes = await killDuringTraffic(traffic, killed);
      const open = () => sandbox.open(BARE_ROOT, traffic.probe);
      const workspace = await open().catch(open); // the first call may be the one that finds the supervisor dead
      await workspace[Symbol.asyncDispose]();
      assert.notEqual(supervisors.at(-1), killed);
      await assertGone(killed, processes, token);
    }
    const pid = supervisors.at(-1) as number;
    await warmUp(traffic);
    const before = await settled(pid, runDirectory);
    const residentBefore = residentBytesOf(pid);
    reference ??= before;
    assert.deepEqual(before, reference, 'a new supervisor holds what the first one held');
    assert.deepEqual([before.zombies, before.artifacts], [0, 0]);

    await drive(traffic, RUNS);
    assert.deepEqual(await settled(pid, runDirectory), before);
    assert.deepEqual(await processesWith(token), []);
    const grown = residentBytesOf(pid) - residentBefore;
    assert.ok(grown < RESIDENT_SLACK_BYTES, `${grown} bytes more`);
    assert.deepEqual(mountsOf('self'), machineMounts);
  }

  const pid = supervisors.at(-1) as number;
  const processes = descendantsOf(pid);
  await sandbox.close();
  await assertGone(pid, processes, token);
  assert.equal(supervisors.length, 4);
  for (const old of supervisors) assert.deepEqual(controlGroupsOf(old), []);
  assert.deepEqual(mountsOf('self'), machineMounts);
  assert.deepEqual(filesBelow(runDirectory), []);
  assert.ok(await eventually(() => descriptorsOf('self') <= descriptorsBefore), 'descriptors');
  t.diagnostic(`${traffic.runs} runs`);
});
