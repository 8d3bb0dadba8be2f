// Splits a stream of bytes into lines, each at most a mebibyte.

const MAX_LINE_CHARACTERS = 1024 * 1024;

/** Calls `onLine` with each line that is not empty. Throws a RangeError for one that is too long. */
export async function readLines(
  stream: AsyncIterable<Uint8Array>,
  onLine: (line: string) => void,
): Promise<void> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of stream) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    if (rest.length > MAX_LINE_CHARACTERS) throw new RangeError('a line of the engine is too long');
    for (const line of lines) if (line.trim() !== '') onLine(line);
  }
  if (rest.trim() !== '') onLine(rest);
}
