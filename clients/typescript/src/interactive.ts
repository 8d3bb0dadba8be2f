// A running program with live streams, over a WebSocket: input goes in while output comes back.

import { CodeExecutionError, type ErrorCode } from './errors.ts';
import { type ClientOptions, urlOf } from './http.ts';
import type { CompileResult, ExecuteRequest } from './types.ts';

const PROTOCOL = 'code-execution.v1';
const KEY_PROTOCOL = 'code-execution.key.';

export interface InteractiveRequest
  extends Omit<ExecuteRequest, 'stdin' | 'stdin_encoding' | 'test_cases' | 'checker'> {
  /** A terminal of this size instead of pipes. */
  readonly pty?: { readonly columns: number; readonly rows: number };
}

export type InteractiveMessage =
  | { readonly type: 'status'; readonly status: string; readonly execution_id?: string }
  | ({ readonly type: 'compile' } & CompileResult)
  | { readonly type: 'stdout' | 'stderr'; readonly data: string }
  | {
      readonly type: 'exit';
      readonly status: string;
      readonly exit_code: number | null;
      readonly signal: string | null;
      readonly message: string | null;
    };

/** Iterate over it for what the program does; the last message is `exit`. */
export interface InteractiveSession extends AsyncIterable<InteractiveMessage> {
  write(data: string): void;
  /** Ends the program's input. */
  end(): void;
  signal(name: string): void;
  resize(columns: number, rows: number): void;
  /** Ends the program. */
  close(): void;
}

export async function openSession(
  options: ClientOptions,
  request: InteractiveRequest,
  { signal }: { readonly signal?: AbortSignal | undefined } = {},
): Promise<InteractiveSession> {
  signal?.throwIfAborted();
  const url = urlOf(options, { path: '/interactive' }).replace(/^http/, 'ws');
  const socket = new WebSocket(url, protocolsOf(options.apiKey));
  const inbox = createInbox(socket);
  signal?.addEventListener('abort', () => socket.close(), { once: true });
  await inbox.opened;
  const send = (message: object) => socket.send(JSON.stringify(message));
  send(request);
  return {
    write: (data) => send({ type: 'stdin', data }),
    end: () => send({ type: 'eof' }),
    signal: (name) => send({ type: 'signal', name }),
    resize: (columns, rows) => send({ type: 'resize', columns, rows }),
    close: () => socket.close(),
    [Symbol.asyncIterator]: () => inbox.messages(),
  };
}

/** Pages cannot send headers with a WebSocket, so the key is a protocol. */
function protocolsOf(apiKey: string | undefined): string[] {
  if (apiKey === undefined || apiKey === '') return [PROTOCOL];
  const encoded = btoa(String.fromCharCode(...new TextEncoder().encode(apiKey)));
  const plain = encoded.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
  return [PROTOCOL, `${KEY_PROTOCOL}${plain}`];
}

function createInbox(socket: WebSocket) {
  const waiting: unknown[] = [];
  let isClosed = false;
  let wake = () => {};
  const opened = new Promise<void>((resolve, reject) => {
    socket.addEventListener('open', () => resolve());
    socket.addEventListener('error', () => reject(lost()));
  });
  socket.addEventListener('message', ({ data }) => {
    waiting.push(JSON.parse(String(data)));
    wake();
  });
  socket.addEventListener('close', () => {
    isClosed = true;
    wake();
  });
  async function* messages(): AsyncGenerator<InteractiveMessage> {
    for (;;) {
      const message = waiting.shift() as (InteractiveMessage & { type: string }) | undefined;
      if (message === undefined) {
        if (isClosed) throw lost();
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      } else {
        if ((message.type as string) === 'error') throw errorIn(message);
        yield message;
        if (message.type === 'exit') return;
      }
    }
  }
  return { opened, messages };
}

function lost(): CodeExecutionError {
  return new CodeExecutionError('connection_failed', 'The connection to the program is lost');
}

function errorIn(message: object): CodeExecutionError {
  const { code = 'internal_error', detail = '' } = message as { code?: ErrorCode; detail?: string };
  return new CodeExecutionError(code, detail);
}
