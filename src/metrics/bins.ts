// Histograms that add up: every value falls into one of the same bins wherever it is counted, so that the counts of
// hours and of processes can be added, and percentiles read from the sum. It knows nothing of what is measured.

const LARGEST = 10_000_000;
/** Steps within a decade, in hundredths: 1.00 to 2.00 by 0.05, 2 to 5 by 0.1, 5 to 10 by 0.25. */
const SEGMENTS = [
  { from: 100, to: 200, step: 5 },
  { from: 200, to: 500, step: 10 },
  { from: 500, to: 1000, step: 25 },
] as const;

/**
 * The largest value of each bin, ascending: whole numbers from 0 to ten million, where 1, 2 and 5 times each power of ten
 * are among them. A bin is at most 5 % wide, so its middle is within 2.5 % of each value in it.
 */
const BOUNDS: readonly number[] = bounds();

function bounds(): number[] {
  const all = new Set([0]);
  for (let decade = 1; decade < LARGEST; decade *= 10) {
    for (const { from, to, step } of SEGMENTS) {
      for (let hundredths = from; hundredths <= to; hundredths += step) {
        all.add(Math.floor((hundredths * decade) / 100));
      }
    }
  }
  return [...all].sort((a, b) => a - b);
}

/** Bins have the numbers from 0 to one less. */
export const BIN_COUNT = BOUNDS.length + 1;

/** The index of a value's bin, from 0; the last bin holds everything over ten million. */
export function binOf(value: number): number {
  let [low, high] = [0, BOUNDS.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((BOUNDS[middle] as number) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Counts by bin; empty bins may be absent. */
export type Bins = ReadonlyMap<number, number>;

/** The middle of the bin with the quantile `share` (0 to 1); 0 if there are no values. */
export function percentile(bins: Bins, share: number): number {
  const sorted = [...bins].sort(([a], [b]) => a - b);
  const total = sorted.reduce((sum, [, count]) => sum + count, 0);
  const rank = Math.max(1, Math.ceil(share * total));
  let seen = 0;
  for (const [bin, count] of sorted) {
    seen += count;
    if (seen >= rank) return middleOf(bin);
  }
  return 0;
}

function middleOf(bin: number): number {
  const upper = BOUNDS[bin] ?? LARGEST;
  const lower = (BOUNDS[bin - 1] ?? -1) + 1;
  return (Math.min(lower, upper) + upper) / 2;
}

/** How many values are at most `bound`, which must be one of the bounds. */
export function countUpTo(bins: Bins, bound: number): number {
  const last = binOf(bound);
  let sum = 0;
  for (const [bin, count] of bins) if (bin <= last) sum += count;
  return sum;
}
