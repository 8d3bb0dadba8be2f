// One interactive program on one WebSocket. Input that the program does not take stops the reading of the socket, and a
// client that does not read stops the program. It knows nothing of routes or keys.

import { PassThrough, type Readable } from 'node:stream';
import type { WebSocket } from '@fastify/websocket';
import type { ClientMessage } from '../../api/interactive.ts';
import { type ErrorCode, ServiceError } from '../../errors.ts';
import type { LiveProgram } from '../../execution/live-program.ts';
import type { OutputEncoding } from '../../execution/output.ts';
import { KIB } from '../../units.ts';
import { createOutputDecoder } from './interactive-output.ts';

/** Input kept for a program that does not read yet; beyond it, the socket is not read. */
const MAX_WAITING_INPUT_BYTES = 256 * KIB;
/** How often a socket that is not read is tried. */
const TRY_MS = 250;
/** How often a client is asked for a sign of life. */
const PING_MS = 20_000;

/** Close codes of RFC 6455. */
export const CLOSE = {
  ended: 1000,
  goingAway: 1001,
  unsupported: 1003,
  invalid: 1008,
  tooLarge: 1009,
  internal: 1011,
  tryAgain: 1013,
} as const;
const CODES: Partial<Record<ErrorCode, number>> = {
  shutting_down: CLOSE.goingAway,
  too_large: CLOSE.tooLarge,
  internal_error: CLOSE.internal,
  unavailable: CLOSE.tryAgain,
  queue_full: CLOSE.tryAgain,
  rate_limited: CLOSE.tryAgain,
};

export function closeCodeOf(code: ErrorCode): number {
  return CODES[code] ?? CLOSE.invalid;
}

export interface InteractiveSocket {
  /** Aborted when the connection is gone, or was given up. */
  readonly signal: AbortSignal;
  /** Resolves when the system has taken the message, or the connection is gone. */
  send(message: object): Promise<void>;
  /** Handles a message after the first. Throws a `ServiceError`. */
  receive(message: ClientMessage): void;
  /** Connects the program. Call it once. */
  attach(program: LiveProgram): void;
  /** The terminal's size, which may have changed before the program began. */
  size(): { readonly columns: number; readonly rows: number } | null;
  /** Resolves when all output was sent. */
  flushed(): Promise<void>;
  close(code: number): void;
}

export function createInteractiveSocket(
  socket: WebSocket,
  options: {
    readonly encoding: OutputEncoding;
    readonly pty: { columns: number; rows: number } | null;
    /** Called with the bytes of each message that is sent. */
    readonly onSent: (bytes: number) => void;
  },
): InteractiveSocket {
  const gone = new AbortController();
  const input = createInput(socket);
  let program: LiveProgram | null = null;
  let size = options.pty;
  let outputs: Promise<unknown> = Promise.resolve();
  watchLife(socket, input.isPaused);
  socket.once('close', () => {
    input.stream.destroy();
    gone.abort(new Error('the client disconnected'));
  });

  const send = (message: object) => sendMessage(socket, JSON.stringify(message), options.onSent);
  async function passOn(stream: Readable, type: 'stdout' | 'stderr'): Promise<void> {
    const decoder = createOutputDecoder(options.encoding);
    for await (const bytes of stream) {
      const data = decoder.decode(bytes);
      if (data !== '') await send({ type, data });
    }
    const rest = decoder.end();
    if (rest !== '') await send({ type, data: rest });
  }

  return {
    signal: gone.signal,
    send,
    receive(message) {
      if (message.type === 'stdin') input.write(bytesOf(message));
      else if (message.type === 'eof') input.end();
      else if (message.type === 'signal') program?.signal(message.name);
      else {
        size = size && { columns: message.columns, rows: message.rows };
        program?.resize(message);
      }
    },
    attach(started) {
      program = started;
      input.stream.pipe(started.stdin);
      if (size !== null) started.resize(size);
      outputs = Promise.all([passOn(started.stdout, 'stdout'), passOn(started.stderr, 'stderr')]);
      outputs.catch(() => {}); // awaited by `flushed`
    },
    size: () => size,
    flushed: async () => void (await outputs),
    close: (code) => socket.close(code),
  };
}

function sendMessage(socket: WebSocket, text: string, onSent: (bytes: number) => void): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  if (socket.readyState !== socket.OPEN) return Promise.resolve();
  onSent(Buffer.byteLength(text));
  socket.send(text, () => resolve());
  return promise;
}

function bytesOf({ data, encoding }: Extract<ClientMessage, { type: 'stdin' }>): Buffer {
  const bytes = Buffer.from(data, encoding ?? 'utf8');
  if (
    encoding === 'base64' &&
    bytes.toString('base64').replace(/={1,2}$/, '') !== data.replace(/={1,2}$/, '')
  ) {
    const message = 'data must be Base64, got text that is not';
    throw new ServiceError('invalid_request', message, { errors: [{ path: 'data', message }] });
  }
  return bytes;
}

/** Input on its way to the program. While too much of it waits, the socket is not read. */
function createInput(socket: WebSocket) {
  const stream = new PassThrough({ highWaterMark: MAX_WAITING_INPUT_BYTES });
  let hasEnded = false;
  stream.on('drain', () => socket.resume());
  return {
    stream,
    isPaused: () => socket.isPaused,
    write(bytes: Buffer) {
      if (hasEnded) throw new ServiceError('invalid_request', 'stdin was sent after eof');
      if (!stream.write(bytes)) socket.pause();
    },
    end() {
      hasEnded = true;
      stream.end();
    },
  };
}

/** Ends a connection whose client is gone. While the socket is not read, only what is sent to it can show that. */
function watchLife(socket: WebSocket, isPaused: () => boolean): void {
  let passedMs = 0;
  let isAlive = true;
  const timer = setInterval(() => {
    passedMs += TRY_MS;
    if (isPaused()) return socket.ping();
    if (passedMs % PING_MS !== 0) return;
    if (!isAlive) return socket.terminate();
    isAlive = false;
    socket.ping();
  }, TRY_MS);
  socket.on('pong', () => {
    isAlive = true;
  });
  socket.on('message', () => {
    isAlive = true;
  });
  socket.once('close', () => clearInterval(timer));
}
