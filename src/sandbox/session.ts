// The streams of a session over frames: what is written becomes INPUT as far as the supervisor has room, and OUTPUT becomes
// readable, with room given back as it is read. Knows nothing of boxes, and of the connection only how a frame is sent.

import { Readable, Writable } from 'node:stream';
import { assertTerminalSize } from './bounds.ts';
import type { BoxOutcome, OnOutput, Session, SessionOptions } from './sandbox.ts';
import {
  inputFrame,
  type LiveStreams,
  type OutputName,
  readFrame,
  resizeFrame,
  type SessionAnswer,
  STREAM_WINDOW_BYTES,
  signalFrame,
  usedFrame,
} from './session-frames.ts';

const NOTHING = new Uint8Array();
/** Room is given back in pieces of at least this size; the program has as much again meanwhile. */
const GIVEN_BACK_BYTES = STREAM_WINDOW_BYTES / 2;

/** A session's streams, which `deliver` moves and `close` ends. */
export interface SessionStreams {
  readonly session: Omit<Session, 'ended'>;
  deliver(answer: SessionAnswer): void;
  close(): void;
}

/** `send` sends a frame; it is not called after `close`. */
export function createSessionStreams(
  id: number,
  streams: LiveStreams,
  send: (frame: Buffer) => void,
): SessionStreams {
  let isClosed = false;
  const sendOpen = (frame: Buffer) => void (isClosed || send(frame));
  const input = createInput(id, sendOpen);
  const usage = createUsage(() => sendOpen(usedFrame(id)));
  const outputs = {
    stdout: createOutput(id, 'stdout', sendOpen),
    stderr: createOutput(id, 'stderr', sendOpen),
  };
  if (streams.kind === 'output') input.close();
  if (streams.kind === 'terminal') outputs.stderr.end();
  return {
    session: {
      stdin: input.stream,
      stdout: outputs.stdout.stream,
      stderr: outputs.stderr.stream,
      signal: (name) => sendOpen(signalFrame(id, name)),
      usedCpuTimeMs: () => usage.ask(isClosed),
      resize(size) {
        assertTerminalSize(size);
        sendOpen(resizeFrame(id, size));
      },
    },
    deliver(answer) {
      if (answer.type === 'taken') input.taken(answer.bytes);
      if (answer.type === 'used') usage.answer(answer.cpuTimeMs);
      if (answer.type === 'output') outputs[answer.stream].deliver(answer.bytes);
    },
    close() {
      isClosed = true;
      usage.answer(null);
      input.close();
      outputs.stdout.end();
      outputs.stderr.end();
    },
  };
}

/** Questions for the CPU time so far; one frame answers all that wait. */
function createUsage(send: () => void) {
  let waiting: ((cpuTimeMs: number | null) => void)[] = [];
  return {
    ask(isClosed: boolean): Promise<number | null> {
      if (isClosed) return Promise.resolve(null);
      const { promise, resolve } = Promise.withResolvers<number | null>();
      waiting.push(resolve);
      if (waiting.length === 1) send();
      return promise;
    },
    answer(cpuTimeMs: number | null) {
      for (const resolve of waiting) resolve(cpuTimeMs);
      waiting = [];
    },
  };
}

function createInput(id: number, send: (frame: Buffer) => void) {
  let room = STREAM_WINDOW_BYTES;
  let isOver = false;
  let resume: (() => void) | null = null;

  function write(bytes: Buffer, done: () => void): void {
    if (isOver) {
      done();
      return;
    }
    const piece = bytes.subarray(0, room);
    room -= piece.length;
    if (piece.length > 0) send(inputFrame(id, piece, false));
    if (piece.length === bytes.length) done();
    else resume = () => write(bytes.subarray(piece.length), done);
  }

  function goOn(): void {
    const waiting = resume;
    resume = null;
    waiting?.();
  }

  const stream = new Writable({
    highWaterMark: STREAM_WINDOW_BYTES,
    write: (chunk, _encoding, done) => write(chunk, done),
    final(done) {
      if (!isOver) send(inputFrame(id, NOTHING, true));
      done();
    },
  });
  return {
    stream,
    taken(bytes: number) {
      room = Math.min(STREAM_WINDOW_BYTES, room + bytes);
      goOn();
    },
    /** From now on, what is written is discarded. */
    close() {
      isOver = true;
      goOn();
    },
  };
}

function createOutput(id: number, name: OutputName, send: (frame: Buffer) => void) {
  let unreturned = 0;
  let hasEnded = false;
  const giveBack = () => {
    if (unreturned < GIVEN_BACK_BYTES) return;
    send(readFrame(id, name, unreturned));
    unreturned = 0;
  };
  const stream = new Readable({
    highWaterMark: GIVEN_BACK_BYTES,
    read: giveBack,
    destroy(_error, done) {
      giveBack();
      done(null);
    },
  });
  const end = () => {
    if (!hasEnded && !stream.destroyed) stream.push(null);
    hasEnded = true;
  };
  return {
    stream,
    end,
    deliver(bytes: Buffer) {
      if (bytes.length === 0) return end();
      unreturned += bytes.length;
      if (stream.destroyed) giveBack();
      else if (!hasEnded) stream.push(bytes);
    },
  };
}

/** What a session's options mean for a run. */
export function liveStreamsOf({ terminal, idleTimeMs, input }: SessionOptions): LiveStreams {
  if (terminal) return { kind: 'terminal', size: terminal, idleTimeMs };
  return { kind: input ? 'output' : 'pipes', idleTimeMs };
}

/** A session whose program never runs, for a signal that was aborted first. */
export function endedSession(outcome: BoxOutcome): Session {
  const streams = createSessionStreams(0, { kind: 'pipes' }, () => undefined);
  streams.close();
  return { ...streams.session, ended: Promise.resolve(outcome) };
}

/** Delivers a session's output as it comes, and waits for the outcome with all of it. */
export async function followSession(session: Session, onOutput: OnOutput): Promise<BoxOutcome> {
  const [stdout, stderr] = [follow(session, 'stdout', onOutput), follow(session, 'stderr', onOutput)];
  const outcome = await session.ended;
  return { ...outcome, stdout: await stdout, stderr: await stderr };
}

function follow(session: Session, name: OutputName, onOutput: OnOutput): Promise<Buffer> {
  const { promise, resolve } = Promise.withResolvers<Buffer>();
  const pieces: Buffer[] = [];
  session[name].on('data', (bytes: Buffer) => {
    pieces.push(bytes);
    onOutput(name, bytes);
  });
  session[name].once('end', () => resolve(Buffer.concat(pieces)));
  return promise;
}
