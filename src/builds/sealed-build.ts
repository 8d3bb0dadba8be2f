// A build as one value that only holders of the fleet's secret can make: its name and a seal over name and content are
// HMACs, so that who can write to Redis can neither plant a build nor put one under another's name.

import { createHmac, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import { constants, zstdCompress, zstdDecompress } from 'node:zlib';
import type { BoxOutcome } from '../sandbox/sandbox.ts';
import type { PortableBuild } from '../sandbox/shared-builds.ts';

/** Part of every name: a service that seals in another way finds nothing of this one. */
const FORMAT = 1;
const SEAL_BYTES = 32;
const LENGTH_BYTES = 4;
const compress = promisify(zstdCompress);
const decompress = promisify(zstdDecompress);

export interface Sealer {
  nameOf(key: string): string;
  seal(name: string, build: PortableBuild): Promise<Buffer>;
  /** Rejects for a value that was not sealed with this secret under this name, or is larger than a build may be. */
  open(name: string, value: Buffer, maxBytes: number): Promise<PortableBuild>;
}

export function createSealer(secret: string): Sealer {
  const digest = (purpose: string, ...parts: readonly (string | Buffer)[]) => {
    const hmac = createHmac('sha256', secret).update(`${purpose} ${FORMAT} ${process.arch}\0`);
    for (const part of parts) hmac.update(part);
    return hmac.digest();
  };
  return {
    nameOf: (key) => digest('name', key).toString('base64url'),
    seal: async (name, build) => {
      const params = { [constants.ZSTD_c_compressionLevel]: 1 };
      const content = await compress(encode(build), { params });
      return Buffer.concat([digest('build', name, content), content]);
    },
    open: async (name, value, maxBytes) => {
      const [seal, content] = [value.subarray(0, SEAL_BYTES), value.subarray(SEAL_BYTES)];
      const isGenuine = seal.length === SEAL_BYTES && timingSafeEqual(seal, digest('build', name, content));
      if (!isGenuine) throw new Error('the seal of a shared build is wrong');
      return decode(await decompress(content, { maxOutputLength: maxBytes }));
    },
  };
}

/** Length and text of the outcome, its two outputs, then the files. */
function encode({ outcome, files }: PortableBuild): Buffer {
  const { stdout, stderr, ...plain } = outcome;
  const header = Buffer.from(
    JSON.stringify({ ...plain, stdoutBytes: stdout.length, stderrBytes: stderr.length }),
  );
  const length = Buffer.alloc(LENGTH_BYTES);
  length.writeUInt32LE(header.length);
  return Buffer.concat([length, header, stdout, stderr, files]);
}

function decode(content: Buffer): PortableBuild {
  let next = LENGTH_BYTES;
  const take = (bytes: number) => {
    next += bytes;
    return content.subarray(next - bytes, next);
  };
  const header = JSON.parse(take(content.readUInt32LE(0)).toString()) as Omit<
    BoxOutcome,
    'stdout' | 'stderr'
  > & { readonly stdoutBytes: number; readonly stderrBytes: number };
  const { stdoutBytes, stderrBytes, ...outcome } = header;
  const [stdout, stderr] = [take(stdoutBytes), take(stderrBytes)];
  return { outcome: { ...outcome, stdout, stderr }, files: content.subarray(next) };
}
