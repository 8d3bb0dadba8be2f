// Bounds how many bytes of answers are held at the same time: while their programs run, and until their readers have
// read them. When there are too many, the client that holds most loses an answer, and not the one that came last.

import { MIB } from '../units.ts';

/** Of outputs in one answer, as characters of two bytes: as much as is shown. */
const MAX_ANSWER_BYTES = 65 * MIB;

/** What belongs to the request, whose body counts for itself. */
const OF_THE_REQUEST: readonly string[] = ['input', 'expected_output', 'name'];

interface HeldAnswer {
  add(bytes: number): void;
  release(): void;
  /** Aborted when the answer must not be held any longer. */
  readonly evicted: AbortSignal;
}

export interface AnswerBudget {
  hold(clientId: string): HeldAnswer;
  heldBytes(): number;
}

interface Entry {
  readonly clientId: string;
  readonly controller: AbortController;
  bytes: number;
}

export function createAnswerBudget(maxAnswersBytes: number): AnswerBudget {
  const roomBytes = Math.max(maxAnswersBytes, MAX_ANSWER_BYTES);
  const entries = new Set<Entry>();
  const heldBytes = () => sum(entries);
  return {
    heldBytes,
    hold: (clientId) => {
      const entry: Entry = { clientId, controller: new AbortController(), bytes: 0 };
      return {
        evicted: entry.controller.signal,
        add: (bytes) => {
          if (bytes === 0 || entry.controller.signal.aborted) return;
          entry.bytes += bytes;
          entries.add(entry);
          while (heldBytes() > roomBytes) evict(entries);
        },
        release: () => entries.delete(entry),
      };
    },
  };
}

/** Takes the largest answer of the client that holds most. */
function evict(entries: Set<Entry>): void {
  const clients = Map.groupBy(entries, ({ clientId }) => clientId);
  const [first = []] = [...clients.values()].toSorted((one, other) => sum(other) - sum(one));
  const [largest] = first.toSorted((one, other) => other.bytes - one.bytes);
  if (largest === undefined) return;
  entries.delete(largest);
  largest.controller.abort(new Error('the answers of the client take too much memory'));
}

function sum(entries: Iterable<Entry>): number {
  let bytes = 0;
  for (const entry of entries) bytes += entry.bytes;
  return bytes;
}

/** Bytes that a part of a result takes in memory at most, without what came with the request. */
export function bytesHeldBy(part: object): number {
  return Object.entries(part).reduce((bytes, [name, value]) => {
    if (OF_THE_REQUEST.includes(name)) return bytes;
    if (typeof value === 'string') return bytes + 2 * value.length;
    return typeof value === 'object' && value !== null ? bytes + bytesHeldBy(value) : bytes;
  }, 0);
}
