// The thread that reads and writes the metrics database, so that no request waits for the disk. It answers the calls of
// `embedded-store.ts`, one at a time.

import { parentPort, workerData } from 'node:worker_threads';
import { openEmbeddedDatabase } from './embedded-database.ts';

/** A method of the database with its arguments. */
export interface EmbeddedCall {
  readonly number: number;
  readonly method: 'add' | 'read' | 'readUser' | 'readTopUsers' | 'readFaults' | 'close';
  readonly args: readonly unknown[];
}

export interface EmbeddedAnswer {
  readonly number: number;
  readonly result?: unknown;
  /** Why the call failed. */
  readonly problem?: string;
}

const { path, ...options } = workerData as { path: string; maxUsers?: number };
const database = openEmbeddedDatabase(path, options);

parentPort?.on('message', ({ number, method, args }: EmbeddedCall) => {
  parentPort?.postMessage(answerTo(number, method, args));
  if (method === 'close') parentPort?.close();
});

function answerTo(
  number: number,
  method: EmbeddedCall['method'],
  args: EmbeddedCall['args'],
): EmbeddedAnswer {
  try {
    const call = database[method] as (...args: readonly unknown[]) => unknown;
    return { number, result: call(...args) };
  } catch (error) {
    return { number, problem: error instanceof Error ? error.message : String(error) };
  }
}
