// Requests and answers over the supervisor's socket: numbers them, matches them, and fails all pending requests when the
// connection breaks. Knows nothing of processes.

import type { Duplex } from 'node:stream';
import {
  type Answer,
  cancelFrame,
  createDecoder,
  fetchFrame,
  type Ready,
  type RunAnswer,
  type RunFrame,
  runFrameHead,
  warmFrame,
} from './frames.ts';
import { SandboxError, type Session, type WarmState } from './sandbox.ts';
import { createSessionStreams } from './session.ts';
import type { LiveStreams, SessionAnswer } from './session-frames.ts';

export interface Connection {
  /** Resolves once the supervisor is ready. */
  readonly ready: Promise<Ready>;
  /** Sends a request that is answered by OK. */
  request(encode: (id: number) => Buffer): Promise<void>;
  run(run: RunFrame, signal: AbortSignal): Promise<RunAnswer>;
  /** Starts a run with live streams. Resolves when it has a box. */
  start(run: RunFrame & { streams: LiveStreams }, signal: AbortSignal): Promise<Session>;
  /** The files of an artifact. */
  fetch(artifact: number): Promise<Buffer>;
  warmState(): Promise<WarmState>;
  /** Sends a frame that has no answer. */
  send(frame: Buffer): void;
  isOpen(): boolean;
  /** Ends the connection: pending requests fail with `reason`. */
  break(reason: string): void;
}

type Reply = RunAnswer | WarmState | Buffer | null;

interface Pending {
  resolve(answer: Reply): void;
  reject(error: SandboxError): void;
  /** Receives what comes before the answer. */
  onLive?(answer: SessionAnswer): void;
}

const MAX_ID = 0xffff_ffff;

type Failed = Extract<Answer, { type: 'failed' }>;

function isLive(answer: Answer): answer is SessionAnswer {
  return ['started', 'output', 'taken', 'used'].includes(answer.type);
}

function createPendingTable(readMessage: (message: string) => string) {
  const table = new Map<number, Pending>();
  let last = 0;

  function sandboxErrorOf({ message, retryable, busy }: Failed): SandboxError {
    return new SandboxError(readMessage(message), { retryable, busy: busy ?? false });
  }

  return {
    add(): { id: number; answer: Promise<Reply>; pending: Pending } {
      last = (last % MAX_ID) + 1;
      const { promise, resolve, reject } = Promise.withResolvers<Reply>();
      const pending: Pending = { resolve, reject };
      table.set(last, pending);
      return { id: last, answer: promise, pending };
    },
    settle(answer: Exclude<Answer, { type: 'ready' }>): void {
      const request = table.get(answer.id);
      if (isLive(answer)) {
        request?.onLive?.(answer);
        return;
      }
      table.delete(answer.id);
      if (answer.type === 'failed') request?.reject(sandboxErrorOf(answer));
      else if (answer.type === 'result') request?.resolve(answer.answer);
      else if (answer.type === 'warm') request?.resolve(answer.state);
      else request?.resolve(answer.type === 'artifact' ? answer.content : null);
    },
    failAll(error: SandboxError): void {
      for (const request of table.values()) request.reject(error);
      table.clear();
    },
  };
}

/** `readMessage` maps the message of a failure to the text of an error, if others than the supervisor can write it. */
export function createConnection(
  socket: Duplex,
  readMessage: (message: string) => string = (message) => message,
): Connection {
  const pending = createPendingTable(readMessage);
  const ready = Promise.withResolvers<Ready>();
  ready.promise.catch(() => undefined); // callers that await it see the error
  let open = true;

  function breakOff(reason: string): void {
    if (!open) return;
    open = false;
    socket.destroy();
    const error = new SandboxError(reason, { retryable: true });
    ready.reject(error);
    pending.failAll(error);
  }

  const decode = createDecoder((answer) => {
    answer.type === 'ready' ? ready.resolve(answer.ready) : pending.settle(answer);
  });
  socket.on('error', () => breakOff('the connection to the supervisor broke'));
  socket.on('data', (chunk) => {
    try {
      decode(chunk);
    } catch (error) {
      breakOff(`the supervisor sent a malformed frame: ${(error as Error).message}`);
    }
  });

  const write = createGatheringWriter(socket);

  function sendRequest(encode: (id: number) => Buffer) {
    if (!open) throw new SandboxError('the supervisor is gone', { retryable: true });
    const request = pending.add();
    write(encode(request.id));
    return request;
  }

  function sendRun(run: RunFrame) {
    const request = sendRequest((id) => runFrameHead(id, run));
    write(run.stdin); // it may be large: it is not copied
    return request;
  }

  const send = (frame: Buffer) => void (open && write(frame));

  return {
    ready: ready.promise,
    request: async (encode) => void (await sendRequest(encode).answer),
    fetch: async (artifact) => (await sendRequest((id) => fetchFrame(id, artifact)).answer) as Buffer,
    warmState: async () => (await sendRequest(warmFrame).answer) as WarmState,
    async run(run, signal) {
      const { id, answer } = sendRun(run);
      return untilAnswer(answer, signal, () => send(cancelFrame(id)));
    },
    async start(run, signal) {
      const { id, answer, pending: request } = sendRun(run);
      const streams = createSessionStreams(id, run.streams, send);
      const started = Promise.withResolvers<void>();
      request.onLive = (live) => {
        if (live.type === 'started') started.resolve();
        else streams.deliver(live);
      };
      const ended = untilAnswer(answer, signal, () => send(cancelFrame(id)))
        .then(({ outcome }) => outcome)
        .finally(streams.close);
      await Promise.race([started.promise, ended]);
      return { ...streams.session, ended };
    },
    send,
    isOpen: () => open,
    break: breakOff,
  };
}

/** All that is written in one turn of the event loop goes out in one system call. */
function createGatheringWriter(socket: Duplex): (bytes: Uint8Array) => void {
  let isGathering = false;
  return (bytes) => {
    if (bytes.length === 0) return;
    if (!isGathering) {
      isGathering = true;
      socket.cork();
      process.nextTick(() => {
        isGathering = false;
        socket.uncork();
      });
    }
    socket.write(bytes);
  };
}

async function untilAnswer(
  answer: Promise<Reply>,
  signal: AbortSignal,
  cancel: () => void,
): Promise<RunAnswer> {
  signal.addEventListener('abort', cancel, { once: true });
  if (signal.aborted) cancel(); // it was aborted before the listener was added
  try {
    return (await answer) as RunAnswer;
  } finally {
    signal.removeEventListener('abort', cancel);
  }
}
