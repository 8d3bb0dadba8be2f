// A program that the person talks to, over the service's WebSocket: its state, what goes in and what comes out. It knows
// nothing of how a terminal looks.

import { computed, signal } from '@preact/signals';
import type { InteractiveRequest } from '../../../src/api/interactive.ts';
import { formatKib, formatMs } from '../../shared/format.ts';
import { apiKey } from '../../shared/key.ts';
import { announce } from '../announcements.tsx';
import { currentDraft } from '../draft.ts';
import { requestOf } from '../request.ts';
import { endInWords, statusWords } from '../words.ts';

const PROTOCOL = 'code-execution.v1';
const KEY_PROTOCOL = 'code-execution.key.';

interface TerminalSize {
  readonly columns: number;
  readonly rows: number;
}

/** Where output goes, and how large it is. */
export interface Screen {
  size(): TerminalSize;
  clear(): void;
  write(text: string): void;
  focus(): void;
}

type SessionPhase = 'idle' | 'connecting' | 'queued' | 'compiling' | 'running' | 'ended';

interface Session {
  readonly phase: SessionPhase;
  /** How it ended, in words. */
  readonly end: string | null;
  readonly status: string | null;
}

const IDLE: Session = { phase: 'idle', end: null, status: null };

export const session = signal<Session>(IDLE);
export const isTalking = computed(() => !['idle', 'ended'].includes(session.value.phase));

let socket: WebSocket | null = null;
let screen: Screen | null = null;

export function showOn(shown: Screen | null): void {
  screen = shown;
  if (shown === null) endTalk();
}

/** Starts the program of the editor anew. */
export function startTalk(): void {
  endTalk();
  if (screen === null) return;
  screen.clear();
  screen.focus();
  session.value = { ...IDLE, phase: 'connecting' };
  const opened = new WebSocket(addressOf('/api/v1/interactive'), protocols());
  socket = opened;
  const size = screen.size();
  opened.onopen = () => opened.send(JSON.stringify({ ...interactiveRequest(), pty: size }));
  opened.onmessage = ({ data }) => opened === socket && receive(JSON.parse(String(data)) as ServerMessage);
  opened.onclose = () => {
    if (opened !== socket) return;
    socket = null;
    if (isTalking.value) end('The connection to the service was lost, which ended the program.', 'cancelled');
  };
}

/** Ends the program by closing the connection. */
export function endTalk(): void {
  const open = socket;
  socket = null;
  open?.close();
  if (isTalking.value) end('You ended it.', 'cancelled');
}

export type Input =
  | { readonly type: 'stdin'; readonly data: string }
  | { readonly type: 'eof' }
  | { readonly type: 'signal'; readonly name: 'SIGINT' }
  | ({ readonly type: 'resize' } & TerminalSize);

export function sendInput(input: Input): void {
  if (socket?.readyState === WebSocket.OPEN && session.value.phase !== 'connecting') {
    socket.send(JSON.stringify(input));
  }
}

function interactiveRequest(): InteractiveRequest {
  const draft = currentDraft();
  const { output_limit_kb: _limit, ...request } = requestOf({
    ...draft,
    tests: [],
    stdin: '',
    stopOnFailure: false,
  });
  return request;
}

type ServerMessage =
  | { readonly type: 'status'; readonly status: 'queued' | 'compiling' | 'running' }
  | { readonly type: 'stdout'; readonly data: string }
  | { readonly type: 'stderr'; readonly data: string }
  | { readonly type: 'compile'; readonly output: string }
  | { readonly type: 'error'; readonly detail: string }
  | ExitMessage;

interface ExitMessage {
  readonly type: 'exit';
  readonly status: string;
  readonly exit_code: number | null;
  readonly signal: string | null;
  readonly limit?: string;
  readonly cpu_time_ms: number;
  readonly memory_kb: number;
  readonly message: string | null;
}

function receive(message: ServerMessage): void {
  if (message.type === 'status') session.value = { ...session.value, phase: message.status };
  else if (message.type === 'stdout' || message.type === 'stderr') screen?.write(message.data);
  else if (message.type === 'compile') screen?.write(message.output.replaceAll('\n', '\r\n'));
  else if (message.type === 'error') end(message.detail, 'refused');
  else end(exitInWords(message), message.status);
}

function end(words: string, status: string): void {
  session.value = { phase: 'ended', end: words, status };
  announce(words);
}

function exitInWords(exit: ExitMessage): string {
  const figures = `${formatMs(exit.cpu_time_ms)}, ${formatKib(exit.memory_kb)}`;
  if (exit.limit === 'idle') return 'Ended: nothing was typed or written for too long.';
  if (exit.status === 'completed') return `Ended with exit code 0. ${figures}.`;
  if (exit.status === 'runtime_error') return `${endInWords(exit)} ${figures}.`;
  return `${statusWords(exit.status).word}. ${exit.message ?? ''}`;
}

function addressOf(path: string): string {
  return `${window.location.protocol === 'https:' ? 'wss' : 'ws'}://${window.location.host}${path}`;
}

/** Browsers cannot send a key otherwise. */
function protocols(): string[] {
  if (apiKey.value === '') return [PROTOCOL];
  const bytes = new TextEncoder().encode(apiKey.value);
  const encoded = btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_');
  return [PROTOCOL, KEY_PROTOCOL + encoded.replace(/=+$/, '')];
}
