// How any frame to the supervisor is written: its types, its header, numbers and strings, as supervisor/frames.h defines
// them. Knows nothing of what the frames mean.

export const TYPE = {
  ...{ addRoot: 1, store: 2, drop: 3, run: 4, cancel: 5, fetch: 6, ping: 7 },
  ...{ input: 8, read: 9, signal: 10, resize: 11, used: 12, warm: 13 },
  ...{ ready: 64, ok: 65, failed: 66, result: 67, artifact: 68 },
  ...{ started: 69, output: 70, taken: 71, usedCpu: 72, warmState: 73 },
};
export const HEADER_BYTES = 9;

export function u16(value: number): Buffer {
  const buffer = Buffer.allocUnsafe(2);
  buffer.writeUInt16LE(value);
  return buffer;
}

export function u32(...values: number[]): Buffer {
  const buffer = Buffer.allocUnsafe(4 * values.length);
  for (const [index, value] of values.entries()) buffer.writeUInt32LE(value, 4 * index);
  return buffer;
}

export function u64(...values: number[]): Buffer {
  const buffer = Buffer.allocUnsafe(8 * values.length);
  for (const [index, value] of values.entries())
    buffer.writeBigUInt64LE(BigInt(Math.round(value)), 8 * index);
  return buffer;
}

export function text(value: string | Uint8Array): Buffer[] {
  const bytes = typeof value === 'string' ? Buffer.from(value) : value;
  return [u32(bytes.length), bytes as Buffer];
}

export function frame(type: number, id: number, parts: readonly Uint8Array[]): Buffer {
  const length = parts.reduce((sum, part) => sum + part.length, 5);
  const header = Buffer.allocUnsafe(HEADER_BYTES);
  header.writeUInt32LE(length, 0);
  header.writeUInt8(type, 4);
  header.writeUInt32LE(id, 5);
  return Buffer.concat([header, ...parts]);
}
