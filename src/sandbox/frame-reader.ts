// Reads the numbers and strings of a frame's payload in their order, little-endian, as supervisor/frames.h defines them.
// It throws a `RangeError` if the frame is shorter than its fields.

export interface Reader {
  u8(): number;
  u32(): number;
  u64(): number;
  bytes(): Buffer;
}

export function createReader(payload: Buffer): Reader {
  let offset = 0;
  const advance = (size: number) => {
    offset += size;
    return offset - size;
  };
  return {
    u8: () => payload.readUInt8(advance(1)),
    u32: () => payload.readUInt32LE(advance(4)),
    u64: () => Number(payload.readBigUInt64LE(advance(8))),
    bytes() {
      const length = payload.readUInt32LE(advance(4));
      const start = advance(length);
      if (start + length > payload.length) throw new RangeError('a frame is shorter than it says');
      return payload.subarray(start, start + length);
    },
  };
}
