// What the tests of the Docker driver share: sandboxes whose containers can be told from others', and the probe in them.
// The engine may serve other tests at the same time.

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { type BareVariant, buildBareImage, PROBE_IN_IMAGE } from '../../../test/bare-image.ts';
import { TIME_FACTOR } from '../../../test/service.ts';
import { createTestLog } from '../../log-fixture.ts';
import {
  type BoxLimits,
  type BoxOutcome,
  type ImageRoot,
  SandboxError,
  type Workspace,
} from '../../sandbox/sandbox.ts';
import { PROBE_LIMITS } from '../../sandbox/self-test.ts';
import { MIB } from '../../units.ts';
import { type DockerEngine, isNotFound } from '../engine.ts';
import { removeContainer } from './container.ts';
import {
  createDockerSandbox,
  type DockerSandbox,
  type DockerSandboxOptions,
  type ImageSandbox,
} from './docker-sandbox.ts';
import { createNestedSandbox, type NestedSandboxOptions } from './nested-sandbox.ts';

const EVENTUALLY_MS = 20_000 * TIME_FACTOR;

export const LIMITS: BoxLimits = {
  ...PROBE_LIMITS,
  cpuTimeMs: 5000 * TIME_FACTOR,
  wallTimeMs: 30_000 * TIME_FACTOR,
};

/** One that is ready to be used, and its containers. */
export interface TestSandbox<T extends ImageSandbox = ImageSandbox> extends AsyncDisposable {
  readonly sandbox: T;
  readonly home: string;
  /** Lines of its log, with the errors in them. */
  readonly log: readonly string[];
  /** Its containers on the engine, in any state. */
  containers(): Promise<ListedContainer[]>;
}

export interface ListedContainer {
  readonly Id: string;
  readonly State: string;
}

/** A sandbox that keeps nothing ready, unless it is told to. It is closed by its disposal. */
export async function startSandbox(
  engine: DockerEngine,
  changes: Partial<DockerSandboxOptions> = {},
): Promise<TestSandbox<DockerSandbox>> {
  return startWith(engine, (usual) => createDockerSandbox({ ...usual, poolSize: 0, ...changes }), changes);
}

/** One that makes boxes in a container. */
export function startNested(
  engine: DockerEngine,
  changes: Partial<NestedSandboxOptions> = {},
): Promise<TestSandbox> {
  return startWith(engine, (usual) => createNestedSandbox({ ...usual, ...changes }), changes);
}

type Usual = Pick<DockerSandboxOptions, 'engine' | 'slots' | 'artifactCacheBytes' | 'home' | 'log'>;

async function startWith<T extends ImageSandbox>(
  engine: DockerEngine,
  create: (usual: Usual) => Promise<T>,
  changes: { readonly home?: string },
): Promise<TestSandbox<T>> {
  const home = changes.home ?? randomUUID();
  const log: string[] = [];
  const testLog = createTestLog(({ level, message, details }) => {
    const error = 'err' in details ? describeError(details.err) : '';
    log.push(`${level} ${message} ${error}`);
  });
  const sandbox = await create({ engine, slots: 2, artifactCacheBytes: 64 * MIB, home, log: testLog });
  return {
    sandbox,
    home,
    log,
    containers: () => containersOf(engine, home),
    [Symbol.asyncDispose]: () => sandbox.close(),
  };
}

/** An error and what caused it, in one line. */
export function describeError(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause === undefined ? error.message : `${error.message}: ${describeError(error.cause)}`;
}

/** The bare image by its identifier: other tests may give its name to another one. */
export async function bareRoot(engine: DockerEngine, variant?: BareVariant): Promise<ImageRoot> {
  const name = await buildBareImage(engine, variant);
  const { Id } = await engine.request<{ Id: string }>('GET', `/images/${name}/json`);
  return { fingerprint: Id, image: Id };
}

/** Gives the image a name of the test's own, which goes with its disposal. */
export async function nameImage(
  engine: DockerEngine,
  { image }: ImageRoot,
): Promise<{ readonly root: ImageRoot; remove(): Promise<void> } & AsyncDisposable> {
  const repo = `code-execution-service/test-${randomUUID().slice(0, 8)}`;
  await engine.request('POST', `/images/${image}/tag`, { query: { repo, tag: 'test' } });
  const remove = async () => {
    await engine.request('DELETE', `/images/${repo}:test`, { query: { force: true } }).catch((error) => {
      if (!isNotFound(error)) throw error;
    });
  };
  const root = { fingerprint: repo, image: `${repo}:test` };
  return { root, remove, [Symbol.asyncDispose]: remove };
}

export async function containersOf(engine: DockerEngine, home: string): Promise<ListedContainer[]> {
  const filters = JSON.stringify({ label: [`code-execution-service.home=${home}`] });
  return engine.request('GET', '/containers/json', { query: { all: true, filters } });
}

export async function removeContainers(engine: DockerEngine, home: string): Promise<void> {
  for (const { Id } of await containersOf(engine, home)) await removeContainer(engine, Id);
}

/** Waits until the engine has no container of a home any more: one may be about to go when it is removed. */
export async function nothingLeft(engine: DockerEngine, home: string): Promise<void> {
  await eventually('no container is left', async () => (await containersOf(engine, home)).length === 0);
}

/** The number of a container's first process on this machine; 0 when it does not run. */
export async function firstProcessOf(engine: DockerEngine, id: string): Promise<number> {
  const found = await engine.request<{ State: { Pid: number } }>('GET', `/containers/${id}/json`);
  return found.State.Pid;
}

export interface RunChanges {
  readonly limits?: Partial<BoxLimits>;
  readonly stdin?: Uint8Array;
  readonly signal?: AbortSignal;
}

/** Runs the image's probe in a workspace. */
export function runProbe(
  workspace: Workspace,
  args: readonly string[],
  changes: RunChanges = {},
): Promise<BoxOutcome> {
  const command = { argv: [PROBE_IN_IMAGE, ...args], environment: {} };
  const signal = changes.signal ?? new AbortController().signal;
  return workspace.run(command, changes.stdin ?? new Uint8Array(), { ...LIMITS, ...changes.limits }, signal);
}

/** Runs the probe once, in a workspace of its own. */
export async function probe(
  { sandbox }: TestSandbox,
  root: ImageRoot,
  args: readonly string[],
  changes: RunChanges = {},
): Promise<BoxOutcome> {
  await using workspace = await sandbox.open(root, []);
  return await runProbe(workspace, args, changes);
}

/** Asserts that the sandbox runs programs as it should. */
export async function assertServes(used: TestSandbox, root: ImageRoot): Promise<void> {
  const word = randomUUID();
  const outcome = await probe(used, root, ['echo'], { stdin: Buffer.from(word) });
  assert.equal(outcome.exitCode, 0);
  assert.equal(Buffer.from(outcome.stdout).toString(), word);
}

/** Asserts that a promise ends in a `SandboxError`, and resolves with it. */
export async function sandboxErrorOf(promise: Promise<unknown>): Promise<SandboxError> {
  const error = await promise.then(
    (value) => assert.fail(`no error, but ${JSON.stringify(value)}`),
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof SandboxError, `a SandboxError was expected, got ${String(error)}`);
  return error;
}

/** Waits for something to come true; fails when it does not. */
export async function eventually(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  const end = performance.now() + EVENTUALLY_MS;
  while (!(await holds())) {
    assert.ok(performance.now() < end, `it did not come true that ${what}`);
    await sleep(20);
  }
}

/** Waits until a program runs in the only container of a sandbox that is alive, and resolves with its identifier. */
export async function runningContainer(engine: DockerEngine, home: string): Promise<string> {
  let id = '';
  await eventually('a program runs in a container', async () => {
    for (const { Id, State } of await containersOf(engine, home)) {
      if (State !== 'running') continue;
      const top = await engine
        .request<{ Processes: unknown[] | null }>('GET', `/containers/${Id}/top`)
        .catch(() => null);
      if ((top?.Processes?.length ?? 0) > 1) id = Id;
    }
    return id !== '';
  });
  return id;
}

/** Whether a container's first process can be sent signals from here. */
export async function isOnThisMachine(engine: DockerEngine, { image }: ImageRoot): Promise<boolean> {
  await using used = await startSandbox(engine);
  await using workspace = await used.sandbox.open({ fingerprint: image, image }, []);
  await runProbe(workspace, ['exit', '0']);
  const [container] = await used.containers();
  const pid = container ? await firstProcessOf(engine, container.Id) : 0;
  return pid > 0 && existsSync(`/proc/${pid}`);
}
