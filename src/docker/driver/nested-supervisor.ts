// A supervisor that is the first process of a container of a language image, and makes boxes inside it. Seen from outside
// it is as one that runs on this machine; only its frames pass through the engine.

import type { Duplex } from 'node:stream';
import type { Log } from '../../log.ts';
import { createConnection } from '../../sandbox/connection.ts';
import { dropFrame, restoreFrame, storeFrame } from '../../sandbox/frames.ts';
import type { Supervisor } from '../../sandbox/native/supervisor.ts';
import { SandboxError } from '../../sandbox/sandbox.ts';
import type { DockerEngine } from '../engine.ts';
import { separateStreams } from './attached-stream.ts';
import { asSandboxError, awaitReady, createContainer, removeContainer } from './container.ts';
import { type NestedSpec, nestedConfig } from './nested-config.ts';

export interface NestedParts {
  readonly engine: DockerEngine;
  /** Hash of the sources that the supervisor in the image must have been made from. */
  readonly sources: string;
  readonly log: Log;
}

const START_TIMEOUT_MS = 30_000;
const CLOSE_TIMEOUT_MS = 10_000;
/** IMAGE_ROOT of supervisor/root.h: the files of the container. */
const IMAGE_ROOT = 1;
/** Last lines that say why it ended. */
const MAX_LINES = 4;

/** Starts a container and the supervisor in it. Throws a `SandboxError`; then nothing is left of it. */
export async function startNestedSupervisor(parts: NestedParts, spec: NestedSpec): Promise<Supervisor> {
  const { engine, sources } = parts;
  let id: string | null = null;
  let attached: Duplex | null = null;
  try {
    id = await createContainer(engine, spec.image, nestedConfig(spec));
    attached = await engine.attach(id, START_TIMEOUT_MS);
    const connected = connect(attached, id, parts);
    await engine.request('POST', `/containers/${id}/start`, { timeoutMs: START_TIMEOUT_MS });
    const ready = await awaitReady(connected.connection, sources);
    return describe(parts, id, ready.cgroupVersion, connected);
  } catch (error) {
    attached?.destroy();
    if (id !== null) await removeContainer(engine, id).catch(() => undefined);
    throw asSandboxError(error, 'a container for boxes cannot be started');
  }
}

function connect(attached: Duplex, id: string, { log }: NestedParts) {
  const lines: string[] = [];
  const stream = separateStreams(attached, (line) => {
    lines.push(line);
    if (lines.length > MAX_LINES) lines.shift();
    log.warn({ container: id.slice(0, 12) }, `supervisor: ${line}`);
  });
  const connection = createConnection(stream);
  const gone = new Promise<void>((resolve) => {
    stream.once('close', () => {
      connection.break(['the container ended', ...lines].join('; '));
      resolve();
    });
  });
  return { stream, connection, gone };
}

function describe(
  { engine, log }: NestedParts,
  id: string,
  cgroupVersion: number,
  { stream, connection, gone }: ReturnType<typeof connect>,
): Supervisor {
  let removal: Promise<void> | null = null;
  async function remove(): Promise<void> {
    stream.end(); // its boxes and groups go first
    const hard = setTimeout(() => stream.destroy(), CLOSE_TIMEOUT_MS);
    await gone;
    clearTimeout(hard);
    await removeContainer(engine, id).catch((error) =>
      log.warn({ err: error, id }, 'a container could not be removed, it is left to the next clean-up'),
    );
  }
  return {
    pid: 1,
    cgroupVersion,
    imageRoot: IMAGE_ROOT,
    addRoot: async () => {
      throw new SandboxError('a container shows its image, not directories', { retryable: false });
    },
    store: (number, files) => connection.request((request) => storeFrame(request, number, files)),
    drop: (number) => connection.send(dropFrame(number)),
    fetch: connection.fetch,
    restore: (number, content) => connection.request((request) => restoreFrame(request, number, content)),
    run: connection.run,
    start: connection.start,
    warmState: connection.warmState,
    isAlive: connection.isOpen,
    close() {
      removal ??= remove();
      return removal;
    },
  };
}
