// The frames of a run with live streams, as supervisor/frames.h and session.h define them. Knows nothing of what becomes of
// the bytes.

import { constants } from 'node:os';
import { KIB } from '../units.ts';
import type { Reader } from './frame-reader.ts';
import { type FrameWriter, frame, TYPE, text, u16, u32 } from './frame-writer.ts';
import type { SessionSignal, TerminalSize } from './sandbox.ts';

/** Bytes of one live stream that may be on their way, each way; STREAM_WINDOW of supervisor/common.h. */
export const STREAM_WINDOW_BYTES = 64 * KIB;

/** Which streams of a run are live, in the order of `enum streams` of supervisor/frames.h. */
const STREAMS = ['none', 'output', 'pipes', 'terminal'] as const;
/** In the order of `enum session_stream` of supervisor/session.h. */
const OUTPUTS = ['stdout', 'stderr'] as const;
export type OutputName = (typeof OUTPUTS)[number];

export interface LiveStreams {
  readonly kind: (typeof STREAMS)[number];
  /** Of a terminal. */
  readonly size?: TerminalSize | undefined;
  readonly idleTimeMs?: number | undefined;
}

/** What comes of a run with live streams before its result. */
export type SessionAnswer =
  | { readonly type: 'started'; readonly id: number }
  /** Without bytes, the stream has ended. */
  | { readonly type: 'output'; readonly id: number; readonly stream: OutputName; readonly bytes: Buffer }
  /** So many bytes of input were passed on or discarded. */
  | { readonly type: 'taken'; readonly id: number; readonly bytes: number }
  | { readonly type: 'used'; readonly id: number; readonly cpuTimeMs: number };

/** What a RUN frame says of its streams. */
export function writeStreams(writer: FrameWriter, streams: LiveStreams | undefined): void {
  const { kind, size, idleTimeMs }: LiveStreams = streams ?? { kind: 'none' };
  writer.u32(STREAMS.indexOf(kind), size?.columns ?? 0, size?.rows ?? 0);
  writer.u64((idleTimeMs ?? 0) * 1e6);
}

export function inputFrame(id: number, bytes: Uint8Array, ends: boolean): Buffer {
  return frame(TYPE.input, id, [Buffer.of(ends ? 1 : 0), ...text(bytes)]);
}

/** Gives back room for an output. */
export function readFrame(id: number, stream: OutputName, bytes: number): Buffer {
  return frame(TYPE.read, id, [Buffer.of(OUTPUTS.indexOf(stream)), u32(bytes)]);
}

export function signalFrame(id: number, name: SessionSignal): Buffer {
  return frame(TYPE.signal, id, [Buffer.of(constants.signals[name])]);
}

/** Asks for the CPU time so far. */
export function usedFrame(id: number): Buffer {
  return frame(TYPE.used, id, []);
}

export function resizeFrame(id: number, { columns, rows }: TerminalSize): Buffer {
  return frame(TYPE.resize, id, [u16(columns), u16(rows)]);
}

/** `null` for a frame of another type. */
export function decodeSessionAnswer(type: number, id: number, reader: Reader): SessionAnswer | null {
  switch (type) {
    case TYPE.started:
      return { type: 'started', id };
    case TYPE.output:
      return { type: 'output', id, stream: outputName(reader.u8()), bytes: reader.bytes() };
    case TYPE.taken:
      return { type: 'taken', id, bytes: reader.u32() };
    case TYPE.usedCpu:
      return { type: 'used', id, cpuTimeMs: reader.u64() / 1e6 };
    default:
      return null;
  }
}

function outputName(number: number): OutputName {
  const name = OUTPUTS[number];
  if (name === undefined) throw new RangeError(`output of the unknown stream ${number}`);
  return name;
}
