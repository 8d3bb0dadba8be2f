// The wire to the supervisor: encodes requests and decodes answers, as supervisor/frames.h defines them. Knows nothing of
// processes or of what the frames mean.

import { constants } from 'node:os';
import { MIB } from '../units.ts';
import { createReader, type Reader } from './frame-reader.ts';
import { createFrameWriter, frame, HEADER_BYTES, TYPE, text, u16, u32 } from './frame-writer.ts';
import type {
  BoxCommand,
  BoxFile,
  BoxLimits,
  BoxOutcome,
  DirectoryRoot,
  LimitReached,
  WarmState,
} from './sandbox.ts';
import { decodeSessionAnswer, type LiveStreams, type SessionAnswer, writeStreams } from './session-frames.ts';

const MAX_FRAME_BYTES = 64 * MIB;
/** Bound on the message of a failure; the supervisor writes less. */
const MAX_MESSAGE_BYTES = 1024;
/**
 * Microseconds per second for one core of quota. It is one per cent more, so that a busy program reaches a CPU limit of
 * n quotas in n periods, and not just after the next one starts.
 */
const QUOTA_US = 1_010_000;

/** A program to run, with the numbers of its root and artifacts; 0 is none. */
export interface RunFrame {
  readonly root: number;
  readonly code: number;
  readonly build: number;
  /** The artifact that the files in `/box/out` become. */
  readonly collect: number;
  readonly command: BoxCommand;
  readonly stdin: Uint8Array;
  readonly limits: BoxLimits;
  /** None are live if absent. */
  readonly streams?: LiveStreams;
}

export interface RunAnswer {
  readonly outcome: BoxOutcome;
  readonly collected: boolean;
  readonly artifactBytes: number;
  /** Why the output of a successful build was not kept, `''` if it was. */
  readonly problem: string;
}

/** The first answer of a supervisor, which describes it. */
export interface Ready {
  /** 0 if no control group is visible. */
  readonly cgroupVersion: number;
  readonly slots: number;
  /** Hash of the sources that it was built from. */
  readonly sources: string;
}

export type Answer =
  | { readonly type: 'ready'; readonly ready: Ready }
  | { readonly type: 'ok'; readonly id: number }
  | {
      readonly type: 'failed';
      readonly id: number;
      readonly retryable: boolean;
      /** The machine gave a program too little CPU time to judge it; nothing else failed. */
      readonly busy?: true;
      readonly message: string;
    }
  | { readonly type: 'result'; readonly id: number; readonly answer: RunAnswer }
  | { readonly type: 'artifact'; readonly id: number; readonly content: Buffer }
  | { readonly type: 'warm'; readonly id: number; readonly state: WarmState }
  | SessionAnswer;

export function addRootFrame(id: number, number: number, root: DirectoryRoot): Buffer {
  const mounts = root.mounts.flatMap((mount) => [
    Buffer.of(mount.kind === 'bind' ? 0 : 1),
    ...text(mount.source),
    ...text(mount.target),
  ]);
  return frame(TYPE.addRoot, id, [u32(number), u16(root.mounts.length), ...mounts]);
}

export function storeFrame(id: number, artifact: number, files: readonly BoxFile[]): Buffer {
  const parts = files.flatMap((file) => [...text(file.path), ...text(file.content)]);
  return frame(TYPE.store, id, [u32(artifact), u16(files.length), ...parts]);
}

/** Restores what FETCH returned. */
export function restoreFrame(id: number, artifact: number, content: Uint8Array): Buffer {
  return frame(TYPE.store, id, [u32(artifact), content]);
}

/** Answered when all earlier requests are done. */
export function pingFrame(id: number): Buffer {
  return frame(TYPE.ping, id, []);
}

export function fetchFrame(id: number, artifact: number): Buffer {
  return frame(TYPE.fetch, id, [u32(artifact)]);
}

export function warmFrame(id: number): Buffer {
  return frame(TYPE.warm, id, []);
}

export function dropFrame(artifact: number): Buffer {
  return frame(TYPE.drop, 0, [u32(artifact)]);
}

export function cancelFrame(id: number): Buffer {
  return frame(TYPE.cancel, id, []);
}

/** The numbers of a RUN frame, and the lengths of its three lists. */
const RUN_NUMBERS_BYTES = 4 * 11 + 8 * 8 + 2 + 2 + 4;

/** A RUN frame without the bytes of its stdin, which follow it. */
export function runFrameHead(id: number, run: RunFrame): Buffer {
  const { limits, command, streams } = run;
  const variables = Object.entries(command.environment).map(([name, value]) => `${name}=${value}`);
  const strings = [command.argv, variables] as const;
  let room = RUN_NUMBERS_BYTES;
  for (const list of strings) for (const string of list) room += 4 + Buffer.byteLength(string);
  const writer = createFrameWriter(TYPE.run, id, room + run.stdin.length, room);
  writer.u32(run.root, run.code, run.build, run.collect);
  writer.u64(limits.cpuTimeMs * 1e6, limits.wallTimeMs * 1e6, limits.memoryBytes, limits.fileSizeBytes);
  writer.u64(limits.diskBytes, limits.stackBytes, limits.outputBytes);
  writer.u32(limits.processes, limits.openFiles, Math.round(limits.cpuQuota * QUOTA_US));
  writeStreams(writer, streams);
  writer.u32(command.hasGate ? 1 : 0);
  for (const list of strings) {
    writer.u16(list.length);
    for (const string of list) writer.text(string);
  }
  writer.u32(run.stdin.length);
  return writer.written();
}

export function runFrame(id: number, run: RunFrame): Buffer {
  return Buffer.concat([runFrameHead(id, run), run.stdin]);
}

/** If a number has two names, the first is the usual one: SIGABRT, not SIGIOT. */
const SIGNAL_NAMES = new Map(
  Object.entries(constants.signals)
    .reverse()
    .map(([name, number]) => [number, name]),
);
const LIMITS: readonly LimitReached[] = [null, 'cpu', 'wall', 'memory', 'output', null, null, 'idle'];
const REASON_CANCELLED = 5;

function decodeResult(reader: Reader): RunAnswer {
  const reason = reader.u8();
  const signalled = reader.u8() === 1;
  const code = reader.u32();
  const outOfMemory = reader.u8() === 1;
  const stdoutTruncated = reader.u8() === 1;
  const stderrTruncated = reader.u8() === 1;
  const [cpu, user, system, wall] = [reader.u64(), reader.u64(), reader.u64(), reader.u64()];
  const memoryBytes = reader.u64();
  const collected = reader.u8() === 1;
  const artifactBytes = reader.u64();
  const problem = reader.bytes().toString();
  const limitReached = LIMITS[reason] ?? null;
  const signal = signalled ? (SIGNAL_NAMES.get(code) ?? `SIG${code}`) : null;
  const outcome: BoxOutcome = {
    exitCode: signalled ? null : code,
    signal,
    limitReached,
    outOfMemory: outOfMemory || limitReached === 'memory',
    forbiddenSystemCall: signal === 'SIGSYS',
    cancelled: reason === REASON_CANCELLED,
    stdout: reader.bytes(),
    stderr: reader.bytes(),
    stdoutTruncated,
    stderrTruncated,
    cpuTimeMs: cpu / 1e6,
    cpuUserMs: user / 1e6,
    cpuSystemMs: system / 1e6,
    wallTimeMs: wall / 1e6,
    memoryBytes,
  };
  return { outcome, collected, artifactBytes, problem };
}

/** In the order of `enum failure_kind` of supervisor/common.h. */
const FAILURE_KINDS = [{ retryable: false }, { retryable: true }, { retryable: true, busy: true }] as const;

function decodeFailure(id: number, reader: Reader): Answer {
  const number = reader.u8();
  const kind = FAILURE_KINDS[number];
  if (!kind) throw new RangeError(`a failure of the unknown kind ${number}`);
  const message = reader.bytes().subarray(0, MAX_MESSAGE_BYTES).toString();
  return { type: 'failed', id, ...kind, message };
}

function decodeWarmState(reader: Reader): WarmState {
  const [waiting, memoryBytes] = [reader.u32(), reader.u64()];
  return { waiting, memoryBytes, hits: reader.u64(), misses: reader.u64(), deaths: reader.u64() };
}

function decode(type: number, id: number, payload: Buffer): Answer {
  const reader = createReader(payload);
  switch (type) {
    case TYPE.ready:
      return {
        type: 'ready',
        ready: { cgroupVersion: reader.u32(), slots: reader.u32(), sources: reader.bytes().toString() },
      };
    case TYPE.ok:
      return { type: 'ok', id };
    case TYPE.failed:
      return decodeFailure(id, reader);
    case TYPE.result:
      return { type: 'result', id, answer: decodeResult(reader) };
    case TYPE.artifact:
      return { type: 'artifact', id, content: reader.bytes() };
    case TYPE.warmState:
      return { type: 'warm', id, state: decodeWarmState(reader) };
    default: {
      const answer = decodeSessionAnswer(type, id, reader);
      if (answer) return answer;
      throw new RangeError(`a frame of the unknown type ${type}`);
    }
  }
}

/** Returns a function that accepts the bytes of the socket, in any pieces, and calls `deliver` for each whole frame. */
export function createDecoder(deliver: (answer: Answer) => void): (chunk: Buffer) => void {
  let chunks: Buffer[] = [];
  let buffered = 0;
  return (chunk) => {
    chunks.push(chunk);
    buffered += chunk.length;
    while (buffered >= HEADER_BYTES) {
      if ((chunks[0]?.length ?? 0) < HEADER_BYTES) chunks = [Buffer.concat(chunks)];
      const first = chunks[0] as Buffer;
      const length = first.readUInt32LE(0) + 4;
      if (length < HEADER_BYTES || length > MAX_FRAME_BYTES)
        throw new RangeError(`a frame of ${length} bytes`);
      if (buffered < length) return;
      const all = chunks.length === 1 ? first : Buffer.concat(chunks);
      chunks = all.length > length ? [all.subarray(length)] : [];
      buffered -= length;
      deliver(decode(all.readUInt8(4), all.readUInt32LE(5), all.subarray(HEADER_BYTES, length)));
    }
  };
}
