// Submissions that clients waited for: they are not stored, but can be read again for a while.

import { MIB } from '../../units.ts';
import type { Judge0Submission } from './judge0-result.ts';

const MAX_SUBMISSIONS = 1000;
const MAX_BYTES = 16 * MIB;
const MAX_AGE_MS = 10 * 60_000;
/** Of what is no text. */
const OVERHEAD_BYTES = 1024;

export interface RecentSubmissions {
  add(owner: string, submission: Judge0Submission): void;
  find(owner: string, token: string): Judge0Submission | null;
}

interface Entry {
  readonly owner: string;
  readonly submission: Judge0Submission;
  readonly bytes: number;
  readonly atMs: number;
}

export function createRecentSubmissions(): RecentSubmissions {
  // The oldest comes first.
  const entries = new Map<string, Entry>();
  let totalBytes = 0;
  const remove = (token: string, { bytes }: Entry) => {
    entries.delete(token);
    totalBytes -= bytes;
  };
  return {
    add: (owner, submission) => {
      const bytes = bytesOf(submission);
      if (bytes > MAX_BYTES / 4) return;
      entries.set(submission.token, { owner, submission, bytes, atMs: Date.now() });
      totalBytes += bytes;
      for (const [token, entry] of entries) {
        const isOver = entries.size > MAX_SUBMISSIONS || totalBytes > MAX_BYTES;
        if (!isOver && Date.now() - entry.atMs < MAX_AGE_MS) break;
        remove(token, entry);
      }
    },
    find: (owner, token) => {
      const entry = entries.get(token);
      if (entry?.owner !== owner || Date.now() - entry.atMs >= MAX_AGE_MS) return null;
      return entry.submission;
    },
  };
}

function bytesOf({ attributes, outcome }: Judge0Submission): number {
  const texts = [...Object.values(attributes), ...Object.values(outcome)].filter(
    (value) => Buffer.isBuffer(value) || typeof value === 'string',
  );
  return texts.reduce((sum, { length }) => sum + length, OVERHEAD_BYTES);
}
