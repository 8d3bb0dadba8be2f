// Two programs that talk to each other: started together, each one's stdout the other's stdin, until both have ended. It
// knows which one ended first, and nothing of what their ends mean.

import type { Readable, Writable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type { BoxOutcome, Session } from '../sandbox/sandbox.ts';
import { createTranscript, type Speaker, type Transcript } from './transcript.ts';

/** Milliseconds in which nothing goes between the two and neither computes, after which each waits for the other. */
const DEADLOCK_MS = 1000;
const CHECK_MS = 125;
/** Milliseconds in which an interactor that has decided ends, though its program failed at once. */
const GRACE_MS = 100;
/** Milliseconds of CPU time that waiting takes. */
const IDLE_CPU_MS = 5;

export interface Conversation {
  readonly program: Session;
  readonly interactor: Session;
  /** Ends one of the two. */
  stop(speaker: Speaker): void;
  /** Called when the interactor has ended first: true lets the program go on to its own end. */
  lives(outcome: BoxOutcome): Promise<boolean>;
}

export interface ConversationEnd {
  /** Without output. */
  readonly program: BoxOutcome;
  readonly interactor: BoxOutcome;
  readonly programStdout: Uint8Array;
  readonly programStderr: Uint8Array;
  readonly interactorStderr: Uint8Array;
  readonly first: Speaker;
  readonly isDeadlocked: boolean;
  readonly transcript: Transcript;
}

/** Resolves when both have ended. Rejects with a `SandboxError` if the sandbox failed. */
export async function converse(conversation: Conversation): Promise<ConversationEnd> {
  const { program, interactor, stop } = conversation;
  const transcript = createTranscript();
  const programStdout = collect(program.stdout);
  const programStderr = collect(program.stderr);
  const interactorStderr = collect(interactor.stderr);
  const toInteractor = pump(program.stdout, interactor.stdin, (bytes) => transcript.add('program', bytes));
  const toProgram = pump(interactor.stdout, program.stdin, (bytes) => transcript.add('interactor', bytes));
  let first: Speaker | null = null;
  const watch = watchForDeadlock(conversation, transcript);

  // An end is passed on when its program has ended, not when its output has: then it is known who was first.
  const programEnds = program.ended.then(async (outcome) => {
    // An interactor that ends without having seen an end had decided before: its news made the program fail.
    const hasFailed = outcome.limitReached === null && !outcome.cancelled && outcome.exitCode !== 0;
    if (hasFailed) await Promise.race([interactor.ended, sleep(GRACE_MS)]);
    first ??= 'program';
    toInteractor.end();
    return outcome;
  });
  const interactorEnds = interactor.ended.then(async (outcome) => {
    first ??= 'interactor';
    if (first === 'interactor' && !(await conversation.lives(outcome))) stop('program');
    toProgram.end();
    return outcome;
  });
  try {
    const [ended, interactorEnded] = await Promise.all([programEnds, interactorEnds]);
    return {
      program: ended,
      interactor: interactorEnded,
      programStdout: await programStdout,
      programStderr: await programStderr,
      interactorStderr: await interactorStderr,
      first: first ?? 'program',
      isDeadlocked: watch.isDeadlocked(),
      transcript: transcript.whole(),
    };
  } finally {
    watch.stop();
    stop('program');
    stop('interactor');
  }
}

function collect(stream: Readable): Promise<Uint8Array> {
  const { promise, resolve } = Promise.withResolvers<Uint8Array>();
  const pieces: Buffer[] = [];
  stream.on('data', (bytes: Buffer) => pieces.push(bytes));
  const done = () => resolve(Buffer.concat(pieces));
  stream.once('end', done).once('close', done);
  return promise;
}

/** Passes on what one writes while the other takes it. `end` ends the other's input after that. */
function pump(from: Readable, to: Writable, onBytes: (bytes: Buffer) => void) {
  let isOver = false;
  from.on('data', (bytes: Buffer) => {
    onBytes(bytes);
    if (to.write(bytes)) return;
    from.pause();
    to.once('drain', () => from.resume());
  });
  return {
    end() {
      if (isOver) return;
      isOver = true;
      // What was written before comes first.
      if (from.readableEnded || from.destroyed) to.end();
      else from.once('end', () => to.end());
    },
  };
}

function watchForDeadlock(
  { program, interactor, stop }: Conversation,
  transcript: ReturnType<typeof createTranscript>,
) {
  let isDeadlocked = false;
  let quietSince = performance.now();
  let bytes = -1;
  let used: readonly (number | null)[] = [];
  const check = async () => {
    if (transcript.bytes() !== bytes) {
      bytes = transcript.bytes();
      quietSince = performance.now();
      used = [];
      return;
    }
    const now = await Promise.all([program.usedCpuTimeMs(), interactor.usedCpuTimeMs()]);
    // With one of them gone, the other waits for nobody.
    const isQuiet = now.every(
      (each, index) => each !== null && each - (used[index] ?? -IDLE_CPU_MS) < IDLE_CPU_MS,
    );
    if (!isQuiet) {
      quietSince = performance.now();
      used = now;
    }
    if (performance.now() - quietSince < DEADLOCK_MS || isDeadlocked || !isQuiet) return;
    isDeadlocked = true;
    stop('program');
    stop('interactor');
  };
  const timer = setInterval(() => void check(), CHECK_MS);
  return { isDeadlocked: () => isDeadlocked, stop: () => clearInterval(timer) };
}
