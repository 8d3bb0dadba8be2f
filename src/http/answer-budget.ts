// Bounds how many bytes of answers are in memory at the same time: while their programs run, and until clients have read
// them. Beyond the bound, the client that holds most loses its largest answer.

import type { FastifyReply } from 'fastify';
import { clientIdOf } from '../access/client.ts';
import { ServiceError } from '../errors.ts';
import { MIB } from '../units.ts';

/** Most bytes of output that one answer shows, as characters of two bytes. */
const MAX_ANSWER_BYTES = 65 * MIB;

const RETRY_AFTER_SECONDS = 1;

/** Fields that repeat the request, whose body is counted by the body budget. */
const REQUEST_FIELDS: readonly string[] = ['input', 'expected_output', 'name'];

interface HeldAnswer {
  add(bytes: number): void;
  release(): void;
  /** Whether the answer had to be dropped. */
  isEvicted(): boolean;
}

export interface AnswerBudget {
  readonly maxBytes: number;
  /** `onEvicted` is called when the answer must be dropped. */
  hold(clientId: string, onEvicted?: () => void): HeldAnswer;
  heldBytes(): number;
}

/** Counts the bytes of an answer that comes from the store until it is disposed of. Throws if they cannot be held. */
export function holdStored(
  answers: AnswerBudget,
  { clientId, bytes, onEvicted }: { clientId: string; bytes: number; onEvicted: () => void },
): Disposable {
  let isHeld = false;
  const held = answers.hold(clientId, () => {
    if (isHeld) onEvicted();
  });
  held.add(bytes);
  if (held.isEvicted()) throw tooMuchHeld();
  isHeld = true;
  return { [Symbol.dispose]: held.release };
}

/** Counts bytes that are in memory until the client has read the answer. A blob may be larger than what all may hold. */
export function holdUntilRead(answers: AnswerBudget, reply: FastifyReply, bytes: number): void {
  const held = holdStored(answers, {
    clientId: clientIdOf(reply.request),
    bytes: Math.min(bytes, answers.maxBytes),
    onEvicted: () => reply.raw.destroy(),
  });
  reply.raw.once('close', () => held[Symbol.dispose]());
}

/** The outputs of one client exceed what all answers may hold. */
export function tooMuchHeld(): ServiceError {
  const message =
    'The outputs of this client take too much memory: send fewer requests at a time, and read answers faster';
  return new ServiceError('unavailable', message, { retryAfterSeconds: RETRY_AFTER_SECONDS });
}

interface Entry {
  readonly clientId: string;
  readonly onEvicted: () => void;
  isEvicted: boolean;
  bytes: number;
}

export function createAnswerBudget(maxAnswersBytes: number): AnswerBudget {
  const roomBytes = Math.max(maxAnswersBytes, MAX_ANSWER_BYTES);
  const entries = new Set<Entry>();
  const heldBytes = () => sum(entries);
  return {
    maxBytes: roomBytes,
    heldBytes,
    hold: (clientId, onEvicted = () => {}) => {
      const entry: Entry = { clientId, onEvicted, isEvicted: false, bytes: 0 };
      return {
        isEvicted: () => entry.isEvicted,
        add: (bytes) => {
          if (bytes === 0 || entry.isEvicted) return;
          entry.bytes += bytes;
          entries.add(entry);
          while (heldBytes() > roomBytes) evict(entries);
        },
        release: () => entries.delete(entry),
      };
    },
  };
}

/** Drops the largest answer of the client that holds most. */
function evict(entries: Set<Entry>): void {
  const clients = Map.groupBy(entries, ({ clientId }) => clientId);
  const [first = []] = [...clients.values()].toSorted((one, other) => sum(other) - sum(one));
  const [largest] = first.toSorted((one, other) => other.bytes - one.bytes);
  if (largest === undefined) return;
  entries.delete(largest);
  largest.isEvicted = true;
  largest.onEvicted();
}

function sum(entries: Iterable<Entry>): number {
  let bytes = 0;
  for (const entry of entries) bytes += entry.bytes;
  return bytes;
}

/** The most bytes that a part of a result takes in memory, without the fields that repeat the request. */
export function bytesHeldBy(part: object): number {
  return bytesOf(part, REQUEST_FIELDS);
}

/** The same with all fields: of what is stored, no request is in memory. */
export function bytesOfStored(part: object): number {
  return bytesOf(part, []);
}

function bytesOf(part: object, without: readonly string[]): number {
  return Object.entries(part).reduce((bytes, [name, value]) => {
    if (without.includes(name)) return bytes;
    if (typeof value === 'string') return bytes + 2 * value.length;
    return typeof value === 'object' && value !== null ? bytes + bytesOf(value, without) : bytes;
  }, 0);
}
