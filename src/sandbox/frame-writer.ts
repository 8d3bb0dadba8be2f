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

/** Several times as fast as with a bigint. */
function writeU64(buffer: Buffer, value: number, offset: number): void {
  const whole = Math.round(value);
  buffer.writeUInt32LE(whole % 2 ** 32, offset);
  buffer.writeUInt32LE(Math.floor(whole / 2 ** 32), offset + 4);
}

export function text(value: string | Uint8Array): Buffer[] {
  const bytes = typeof value === 'string' ? Buffer.from(value) : value;
  return [u32(bytes.length), bytes as Buffer];
}

export function frame(type: number, id: number, parts: readonly Uint8Array[]): Buffer {
  const length = parts.reduce((sum, part) => sum + part.length, 5);
  const header = Buffer.allocUnsafe(HEADER_BYTES);
  writeHeader(header, type, id, length);
  return Buffer.concat([header, ...parts]);
}

function writeHeader(buffer: Buffer, type: number, id: number, length: number): void {
  buffer.writeUInt32LE(length, 0);
  buffer.writeUInt8(type, 4);
  buffer.writeUInt32LE(id, 5);
}

/** Writes a frame field by field. */
export interface FrameWriter {
  u16(value: number): void;
  u32(...values: number[]): void;
  u64(...values: number[]): void;
  text(value: string): void;
  /** The frame so far. */
  written(): Buffer;
}

/** For a frame that is written often: all fields go into one buffer. `payloadBytes` follow the header in all, `roomBytes` of them here. */
export function createFrameWriter(
  type: number,
  id: number,
  payloadBytes: number,
  roomBytes: number,
): FrameWriter {
  const buffer = Buffer.allocUnsafe(HEADER_BYTES + roomBytes);
  writeHeader(buffer, type, id, 5 + payloadBytes);
  let offset = HEADER_BYTES;
  return {
    u16(value) {
      offset = buffer.writeUInt16LE(value, offset);
    },
    u32(...values) {
      for (const value of values) offset = buffer.writeUInt32LE(value, offset);
    },
    u64(...values) {
      for (const value of values) {
        writeU64(buffer, value, offset);
        offset += 8;
      }
    },
    text(value) {
      const length = buffer.write(value, offset + 4);
      buffer.writeUInt32LE(length, offset);
      offset += 4 + length;
    },
    written: () => buffer.subarray(0, offset),
  };
}
