// One container for one submission, from its creation to its removal. It knows the engine and the supervisor inside, and
// nothing of pools or workspaces.

import type { Duplex } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Log } from '../../log.ts';
import { type Connection, createConnection } from '../../sandbox/connection.ts';
import { pingFrame, type Ready } from '../../sandbox/frames.ts';
import { SandboxError } from '../../sandbox/sandbox.ts';
import { MIB } from '../../units.ts';
import {
  type ContainerIdentity,
  type ContainerLimits,
  type ContainerSettings,
  type ContainerSpec,
  containerConfig,
  limitsConfig,
} from '../container-config.ts';
import { type DockerEngine, EngineError, isNotFound } from '../engine.ts';
import { separateStreams } from './attached-stream.ts';
import { canChangeLimits, withShare } from './runtimes.ts';
import { createSupervisorLog, failureOf } from './supervisor-log.ts';

export interface Container {
  readonly id: string;
  readonly spec: ContainerSpec;
  readonly connection: Connection;
  limits(): ContainerLimits;
  /** False where the runtime has no way to; then another container is needed. */
  readonly canChangeLimits: boolean;
  /** Throws a `SandboxError`. */
  setLimits(limits: ContainerLimits): Promise<void>;
  /** False for one that does not answer soon, as when it was frozen from outside. */
  answers(): Promise<boolean>;
  /** True when a program printed without end where only the supervisor should, and the container was given up for it. */
  hasFlooded(): boolean;
  /** True when the kernel ended the supervisor itself because the container's memory was used up. */
  ranOutOfMemory(): Promise<boolean>;
  /** Ends it, with all that runs in it. What cannot be removed now is left to the next clean-up. */
  remove(): Promise<void>;
}

export interface ContainerParts {
  readonly engine: DockerEngine;
  readonly settings: ContainerSettings;
  readonly identity: ContainerIdentity;
  readonly log: Log;
}

const CREATE_TIMEOUT_MS = 30_000;
const START_TIMEOUT_MS = 30_000;
const READY_TIMEOUT_MS = 20_000;
const UPDATE_TIMEOUT_MS = 10_000;
/** It takes less than a millisecond, but for a machine that is very busy. */
const ANSWER_TIMEOUT_MS = 2000;
/** The supervisor prints a few lines at most. */
const MAX_PRINTED_BYTES = MIB;
const REMOVE_TIMEOUT_MS = 30_000;
const REMOVE_ATTEMPTS = 4;
const REMOVE_PAUSE_MS = 100;
const INSPECT_TIMEOUT_MS = 5000;

/** Creates and starts a container whose supervisor is ready. Throws a `SandboxError`; then nothing is left of it. */
export async function startContainer(parts: ContainerParts, spec: ContainerSpec): Promise<Container> {
  const { engine, settings, identity } = parts;
  let id: string | null = null;
  let attached: Duplex | null = null;
  try {
    const limits = withShare(spec.limits, settings.runtime);
    const config = containerConfig({ ...spec, limits }, identity, settings);
    id = await createContainer(engine, spec.image, config);
    attached = await engine.attach(id, START_TIMEOUT_MS);
    const connected = connect(attached, id, parts);
    await engine.request('POST', `/containers/${id}/start`, { timeoutMs: START_TIMEOUT_MS });
    await awaitReady(connected.connection, settings.sources);
    return describe(parts, spec, id, connected);
  } catch (error) {
    attached?.destroy();
    if (id !== null) await removeContainer(engine, id).catch(() => undefined);
    throw asSandboxError(error, 'a container cannot be had');
  }
}

/** A missing image does not come by trying again. Later on, "not found" means the container, which was removed from outside. */
export async function createContainer(engine: DockerEngine, image: string, config: object): Promise<string> {
  try {
    const options = { json: config, timeoutMs: CREATE_TIMEOUT_MS };
    return (await engine.request<{ Id: string }>('POST', '/containers/create', options)).Id;
  } catch (error) {
    if (!isNotFound(error)) throw error;
    throw new SandboxError(`the image ${image} is not there`, { retryable: false, cause: error });
  }
}

/**
 * Removes a container that may be gone already. Throws an `EngineError`. The engine now and then writes a file of a
 * container while it removes it, says that the directory is not empty, and keeps it as dead: a second request removes it.
 * One that says that it is being removed (409) may end the same way, so it is asked again.
 */
export async function removeContainer(engine: DockerEngine, id: string): Promise<void> {
  const query = { force: true, v: true };
  for (let attempt = 1; ; attempt++)
    try {
      await engine.request('DELETE', `/containers/${id}`, { query, timeoutMs: REMOVE_TIMEOUT_MS });
      return;
    } catch (error) {
      const status = error instanceof EngineError ? error.status : null;
      if (status === 404) return;
      if (attempt === REMOVE_ATTEMPTS && status === 409) return;
      if ((status !== 500 && status !== 409) || attempt === REMOVE_ATTEMPTS) throw error;
      await sleep(REMOVE_PAUSE_MS * attempt);
    }
}

type Connected = Pick<Container, 'connection' | 'hasFlooded'>;

function connect(attached: Duplex, id: string, { log, settings }: ContainerParts): Connected {
  const about = { container: id.slice(0, 12) };
  const printed = createSupervisorLog((line) => log.warn(about, `supervisor: ${line}`));
  let hasFlooded = false;
  const stream = separateStreams(attached, printed.line, (bytes) => {
    if (bytes <= MAX_PRINTED_BYTES || hasFlooded) return;
    hasFlooded = true;
    log.warn(about, `a program printed more than ${MAX_PRINTED_BYTES} bytes in the supervisor's name`);
    connection.break('the container printed too much');
  });
  // The engine's own runtime lets no other user write there.
  const connection = createConnection(stream, settings.runtime === undefined ? undefined : failureOf);
  stream.once('close', () => {
    connection.break(['the container ended', ...printed.passedOn()].join('; '));
  });
  const run: Connection['run'] = (frame, signal) => {
    printed.programsRun();
    return connection.run(frame, signal);
  };
  const start: Connection['start'] = (frame, signal) => {
    printed.programsRun();
    return connection.start(frame, signal);
  };
  return { connection: { ...connection, run, start }, hasFlooded: () => hasFlooded };
}

/** Whether the supervisor answers in time; it has then done everything requested. */
async function answersSoon(connection: Connection): Promise<boolean> {
  const late = Promise.withResolvers<boolean>();
  const timer = setTimeout(() => late.resolve(false), ANSWER_TIMEOUT_MS);
  const answer = connection.request(pingFrame).then(
    () => true,
    () => false,
  );
  return Promise.race([answer, late.promise]).finally(() => clearTimeout(timer));
}

/** Resolves when the supervisor has done everything requested. */
async function settled(connection: Connection): Promise<void> {
  const timer = setTimeout(
    () => connection.break(`the supervisor did not answer within ${UPDATE_TIMEOUT_MS} ms`),
    UPDATE_TIMEOUT_MS,
  );
  await connection.request(pingFrame).finally(() => clearTimeout(timer));
}

/** Waits for the supervisor in a container. Throws a `SandboxError` if it was not made from `sources`. */
export async function awaitReady(connection: Connection, sources: string): Promise<Ready> {
  const timer = setTimeout(
    () => connection.break(`the supervisor was not ready within ${READY_TIMEOUT_MS} ms`),
    READY_TIMEOUT_MS,
  );
  const supervisor = await connection.ready.finally(() => clearTimeout(timer));
  if (supervisor.sources === sources) return supervisor;
  const problem = 'the image holds the supervisor of another version: build it anew with npm run images';
  throw new SandboxError(problem, { retryable: false });
}

function describe(
  { engine, settings, log }: ContainerParts,
  spec: ContainerSpec,
  id: string,
  { connection, hasFlooded }: Connected,
): Container {
  let limits = spec.limits;
  let removal: Promise<void> | null = null;
  return {
    id,
    spec,
    connection,
    limits: () => limits,
    canChangeLimits: canChangeLimits(settings.runtime),
    async setLimits(wanted) {
      try {
        await settled(connection); // what the program before left counts until it is removed
        const options = {
          json: limitsConfig(withShare(wanted, settings.runtime)),
          timeoutMs: UPDATE_TIMEOUT_MS,
        };
        await engine.request('POST', `/containers/${id}/update`, options);
        limits = wanted;
      } catch (error) {
        throw asSandboxError(error, 'the limits of a container cannot be changed');
      }
    },
    answers: () => answersSoon(connection),
    hasFlooded,
    async ranOutOfMemory() {
      const options = { timeoutMs: INSPECT_TIMEOUT_MS };
      await engine.request('POST', `/containers/${id}/wait`, { ...options, isLong: true }).catch(() => null);
      const state = await engine
        .request<{ State: { OOMKilled: boolean } }>('GET', `/containers/${id}/json`, options)
        .catch(() => null);
      return state?.State.OOMKilled === true;
    },
    remove() {
      removal ??= removeContainer(engine, id).catch((error) =>
        log.warn({ err: error, id }, 'a container could not be removed, it is left to the next clean-up'),
      );
      connection.break('the container was removed');
      return removal;
    },
  };
}

/** What the engine calls a bad request is one the next time too, such as an image without the supervisor. */
export function asSandboxError(error: unknown, problem: string): SandboxError {
  if (error instanceof SandboxError) return error;
  const isRefused = error instanceof EngineError && error.status === 400;
  const reason = error instanceof Error ? error.message : String(error);
  return new SandboxError(`${problem}: ${reason}`, { retryable: !isRefused, cause: error });
}
