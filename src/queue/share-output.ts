// Passes what executions write while they run from the process that runs them to those in which somebody looks on. Both
// sides are bounded: who does not keep up misses some, and the events of the tests have it at their end.

import { setTimeout as delay } from 'node:timers/promises';
import type { LiveOutput, LiveOutputs, OutputChunk } from '../execution/live-output.ts';
import type { Execute } from '../execution/record.ts';
import type { OutputPlace, SharedOutput } from '../store/redis/shared-output.ts';
import type { ExecutionStore } from '../store/store.ts';
import { KIB, MIB } from '../units.ts';

/** For more output, so that each letter does not become a message. */
const GATHER_MS = 20;
/** Of one execution. */
const KEPT_BYTES = MIB;
/** Of one chunk. */
const MAX_CHUNK_BYTES = 64 * KIB;
const ASK_EVERY_MS = 5000;

export interface ShareOutputParts {
  readonly outputs: Pick<LiveOutputs, 'follow'>;
  readonly shared: SharedOutput;
  readonly store: Pick<ExecutionStore, 'watch'>;
  readonly execute: Execute;
}

/** What runs here is passed on if somebody asks for it, and what is followed may run elsewhere. */
export function shareOutput({ outputs, shared, store, execute }: ShareOutputParts): {
  readonly execute: Execute;
  readonly outputs: Pick<LiveOutputs, 'follow'>;
} {
  const running = new Map<string, Disposable | null>();
  const passOn = (id: string) => {
    if (running.get(id) === null) running.set(id, passOutputOn(outputs.follow(id), shared, id));
  };
  store.watch(({ id, kind }) => {
    if (kind === 'followed') passOn(id);
  });
  return {
    execute: async (task, signal, onEvent) => {
      const { executionId: id } = task;
      running.set(id, null);
      if (task.liveOutput) passOn(id);
      try {
        return await execute(task, signal, onEvent);
      } finally {
        running.get(id)?.[Symbol.dispose]();
        running.delete(id);
      }
    },
    outputs: {
      follow: (id) => {
        const live = outputs.follow(id);
        const stop = receive(id, shared, store, live.receive);
        return {
          ...live,
          [Symbol.dispose]: () => {
            stop();
            live[Symbol.dispose]();
          },
        };
      },
    },
  };
}

/** Until it is disposed. Only tests that begin from now on have any. */
function passOutputOn(live: LiveOutput, shared: SharedOutput, id: string): Disposable {
  const numbers = createNumbers();
  let isOver = false;
  const pass = async () => {
    for (let isOurs = true; isOurs && !isOver; ) {
      await live.changed();
      if (!isOver) await delay(GATHER_MS);
      const chunks = isOver ? [] : joined(live.take());
      if (chunks.length > 0) isOurs = await shared.write(id, chunks, numbers.give(chunks));
    }
  };
  // A Redis that is lost for a moment costs live output, never the execution.
  void pass().catch(() => {});
  return {
    [Symbol.dispose]: () => {
      isOver = true;
      live.wake();
      live[Symbol.dispose]();
    },
  };
}

/** Numbers chunks from 1, and says which is the oldest that there is room for. */
function createNumbers() {
  const sizes: number[] = [];
  let [next, kept] = [1, 0];
  return {
    give: (chunks: readonly OutputChunk[]) => {
      const first = next;
      next += chunks.length;
      sizes.push(...chunks.map(({ bytes }) => bytes.length));
      kept += chunks.reduce((sum, { bytes }) => sum + bytes.length, 0);
      while (kept > KEPT_BYTES) kept -= sizes.shift() ?? kept;
      return { first, oldest: next - sizes.length };
    },
  };
}

function receive(
  id: string,
  shared: SharedOutput,
  store: Pick<ExecutionStore, 'watch'>,
  onChunk: (chunk: OutputChunk) => void,
): () => void {
  let place: OutputPlace | null = null;
  let isReading = false;
  let isBehind = false;
  const read = async () => {
    isBehind = true;
    if (isReading) return;
    isReading = true;
    try {
      while (isBehind) {
        isBehind = false;
        const found = await shared.read(id, place);
        place = found.place;
        for (const chunk of found.chunks) onChunk(chunk);
      }
    } catch {
      // The next message, or the next asking, reads it.
    } finally {
      isReading = false;
    }
  };
  const watch = store.watch(({ kind }) => {
    if (kind === 'output') void read();
  }, id);
  // What was published before the subscription is there to be read.
  const ask = () => void shared.ask(id).then(read, () => {});
  ask();
  const timer = setInterval(ask, ASK_EVERY_MS);
  return () => {
    clearInterval(timer);
    watch[Symbol.dispose]();
  };
}

/** With those of a stream that follow each other as one, as far as one may be that large. */
function joined(chunks: readonly OutputChunk[]): OutputChunk[] {
  const all: OutputChunk[] = [];
  for (const chunk of chunks) {
    const last = all.at(-1);
    const isNext =
      last?.testIndex === chunk.testIndex &&
      last.stream === chunk.stream &&
      last.offset + last.bytes.length === chunk.offset &&
      last.bytes.length + chunk.bytes.length <= MAX_CHUNK_BYTES;
    if (isNext && last) all[all.length - 1] = { ...last, bytes: Buffer.concat([last.bytes, chunk.bytes]) };
    else all.push(chunk);
  }
  return all;
}
