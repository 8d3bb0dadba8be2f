// Runs one command of our own in a container of an image, with what a box's container has that matters to an image: a
// read-only root, tmpfs where boxes write, an unprivileged user and no network. It is no sandbox.

import { buffer } from 'node:stream/consumers';
import type { DockerEngine } from '../src/docker/engine.ts';
import { BOX_DIRECTORIES, FIRST_BOX_UID } from '../src/docker/image-layout.ts';
import { TIME_FACTOR } from './service.ts';

export interface ImageRun {
  readonly image: string;
  readonly argv: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly stdin?: string;
}

export interface ImageRunOutcome {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

const TIMEOUT_MS = 120_000 * TIME_FACTOR;
const TMPFS = `rw,exec,nosuid,nodev,size=256m,mode=0700,uid=${FIRST_BOX_UID},gid=${FIRST_BOX_UID}`;

export async function runInImage(engine: DockerEngine, run: ImageRun): Promise<ImageRunOutcome> {
  const { Id } = await engine.request<{ Id: string }>('POST', '/containers/create', {
    json: containerOf(run),
  });
  try {
    const stream = await engine.attach(Id, TIMEOUT_MS);
    const output = buffer(stream);
    stream.end(run.stdin ?? '');
    await engine.request('POST', `/containers/${Id}/start`);
    const ended = { timeoutMs: TIMEOUT_MS, signal: AbortSignal.timeout(TIMEOUT_MS) };
    const { StatusCode } = await engine.request<{ StatusCode: number }>(
      'POST',
      `/containers/${Id}/wait`,
      ended,
    );
    return { exitCode: StatusCode, ...demultiplex(await output) };
  } finally {
    await engine.request('DELETE', `/containers/${Id}`, { query: { force: true, v: true } });
  }
}

function containerOf({ image, argv, environment = {} }: ImageRun) {
  return {
    Image: image,
    Entrypoint: argv,
    Env: Object.entries(environment).map(([name, value]) => `${name}=${value}`),
    User: `${FIRST_BOX_UID}:${FIRST_BOX_UID}`,
    NetworkDisabled: true,
    ...{ AttachStdin: true, AttachStdout: true, AttachStderr: true, OpenStdin: true, StdinOnce: true },
    HostConfig: {
      NetworkMode: 'none',
      ReadonlyRootfs: true,
      CapDrop: ['ALL'],
      SecurityOpt: ['no-new-privileges'],
      Tmpfs: Object.fromEntries(BOX_DIRECTORIES.map((path) => [path, TMPFS])),
      LogConfig: { Type: 'none' },
    },
  };
}

/** Each piece has a header of eight bytes: which output, three zeros, the length. */
function demultiplex(bytes: Buffer): { stdout: string; stderr: string } {
  const pieces: Record<number, Buffer[]> = { 1: [], 2: [] };
  for (let at = 0; at + 8 <= bytes.length; ) {
    const length = bytes.readUInt32BE(at + 4);
    pieces[bytes[at] ?? 0]?.push(bytes.subarray(at + 8, at + 8 + length));
    at += 8 + length;
  }
  const text = (output: number) => Buffer.concat(pieces[output] ?? []).toString('utf8');
  return { stdout: text(1), stderr: text(2) };
}
