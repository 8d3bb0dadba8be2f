// Finds the word of a short list that a mistyped word probably means.

/** Longer words are not compared: the cost is the product of two lengths. Shorter ones are all similar. */
const [MIN_LENGTH, MAX_LENGTH] = [3, 40];

/** The word with the fewest mistakes; `null` if they are more than a third of its letters. */
export function closestOf(written: string, words: readonly string[]): string | null {
  if (written.length < MIN_LENGTH || written.length > MAX_LENGTH) return null;
  const word = written.toLowerCase();
  const ranked = words
    .filter(({ length }) => length >= MIN_LENGTH)
    .map((known) => ({ known, mistakes: mistakesBetween(word, known.toLowerCase()) }))
    .filter(({ known, mistakes }) => mistakes <= Math.floor(Math.min(known.length, word.length) / 3))
    .sort((one, other) => one.mistakes - other.mistakes);
  return ranked[0]?.known ?? null;
}

/** Letters put in, left out, replaced, and neighbours exchanged. */
function mistakesBetween(from: string, to: string): number {
  let [beforeLast, last]: [number[], number[]] = [
    [],
    Array.from({ length: to.length + 1 }, (_, index) => index),
  ];
  for (let row = 1; row <= from.length; row++) {
    const next = [row];
    for (let column = 1; column <= to.length; column++) {
      const isSame = from[row - 1] === to[column - 1];
      const isExchanged = from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1];
      next.push(
        Math.min(
          (last[column] ?? 0) + 1,
          (next[column - 1] ?? 0) + 1,
          (last[column - 1] ?? 0) + (isSame ? 0 : 1),
          isExchanged ? (beforeLast[column - 2] ?? 0) + 1 : Number.POSITIVE_INFINITY,
        ),
      );
    }
    [beforeLast, last] = [last, next];
  }
  return last[to.length] ?? 0;
}
