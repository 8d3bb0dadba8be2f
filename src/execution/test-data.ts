// The data of a test that is kept as blobs, read just before it is run, so that no queue carries it.

import { isUtf8 } from 'node:buffer';
import type { ExecutionTask, TaskTest } from './task.ts';

/** The bytes that a client keeps under this SHA-256; `null` if they are not there. */
export type ReadData = (clientId: string, sha256: string) => Promise<Uint8Array | null>;

/** Data of a test is gone, or cannot be read: the service's own failure. */
export class DataError extends Error {
  override readonly name = 'DataError';
}

/** The test with all its data. Rejects with a `DataError`. */
export async function withData(
  { clientId }: Pick<ExecutionTask, 'clientId'>,
  test: TaskTest,
  read: ReadData | undefined,
): Promise<TaskTest> {
  if (test.data === undefined) return test;
  const { data, ...rest } = test;
  const [input, expected] = await Promise.all(
    [data.input, data.expectedOutput].map((sha256) => readBlob(read, clientId, sha256)),
  );
  const isText = test.encoding === 'utf8' && [input, expected].every((bytes) => !bytes || isUtf8(bytes));
  const encoding = isText ? 'utf8' : 'base64';
  const written = (bytes: Uint8Array) => Buffer.from(bytes).toString(encoding);
  return {
    ...rest,
    encoding,
    ...(input && { input: written(input) }),
    ...(expected && { expectedOutput: written(expected) }),
  };
}

async function readBlob(
  read: ReadData | undefined,
  clientId: string,
  sha256: string | undefined,
): Promise<Uint8Array | null> {
  if (sha256 === undefined) return null;
  const bytes = await read?.(clientId, sha256).catch((cause: unknown) => {
    throw new DataError(`the blob ${sha256} cannot be read`, { cause });
  });
  if (bytes) return bytes;
  throw new DataError(`the blob ${sha256} is not kept any more`);
}
