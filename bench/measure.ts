// Timing of contestants in one run, interleaved in rounds so that the machine's moods hit all alike, and tables of
// medians with the ratio to the first contestant.

export interface Contestant {
  readonly name: string;
  /** One piece of work, asked by client number `client`. */
  run(client: number): Promise<void>;
}

interface Row {
  readonly name: string;
  readonly values: number[];
}

const ROUNDS = 6;
/** Of the pieces of work and seconds that a benchmark asks for: less than 1 for a short form. */
export const SHARE = Number(process.env.BENCH_SHARE ?? 1);
const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Times `runs` pieces of work of each contestant, one after another, in milliseconds. */
export async function compare(
  contestants: readonly Contestant[],
  options: { runs: number; gapMs: number },
): Promise<Row[]> {
  const rows = contestants.map(({ name }) => ({ name, values: [] as number[] }));
  const runs = (options.runs * SHARE) / ROUNDS;
  for (let round = 0; round <= ROUNDS; round++) {
    for (const [index, contestant] of contestants.entries()) {
      for (let i = 0; i < runs; i++) {
        if (options.gapMs > 0) await sleep(options.gapMs);
        const start = performance.now();
        await contestant.run(0);
        if (round > 0) rows[index]?.values.push(performance.now() - start); // the first round warms up
      }
    }
  }
  return rows;
}

/** Keeps `clients` pieces of work of a contestant going at once and times each, in milliseconds. */
async function load(contestant: Contestant, clients: number, milliseconds: number): Promise<number[]> {
  const values: number[] = [];
  const end = performance.now() + milliseconds;
  const client = async (_: unknown, number: number) => {
    while (performance.now() < end) {
      const start = performance.now();
      await contestant.run(number);
      values.push(performance.now() - start);
    }
  };
  await Promise.all(Array.from({ length: clients }, client));
  return values;
}

/** Latencies of each contestant with `clients` at once; and how many a second, as the row's count over the time. */
export async function throughput(
  contestants: readonly Contestant[],
  options: { clients: number; seconds: number },
): Promise<(Row & { perSecond: number })[]> {
  const rows = contestants.map(({ name }) => ({ name, values: [] as number[] }));
  const seconds = options.seconds * SHARE;
  const piece = (seconds * 1000) / ROUNDS;
  for (const contestant of contestants) await load(contestant, options.clients, piece);
  for (let round = 0; round < ROUNDS; round++) {
    for (const [index, contestant] of contestants.entries()) {
      rows[index]?.values.push(...(await load(contestant, options.clients, piece)));
    }
  }
  return rows.map((row) => ({ ...row, perSecond: row.values.length / seconds }));
}

export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(share * (sorted.length - 1))] ?? Number.NaN;
}

function line(name: string, ...cells: readonly (string | number)[]): void {
  const texts = cells.map((cell) => (typeof cell === 'number' ? cell.toFixed(2) : cell).padStart(9));
  console.log(`${name.padEnd(34)}${texts.join(' ')}`);
}

export function printTable(title: string, rows: readonly Row[]): void {
  const floor = quantile(rows[0]?.values ?? [], 0.5);
  console.log(`\n${title}`);
  line('ms', 'n', 'p10', 'p50', 'p95', 'x first');
  for (const { name, values } of rows) {
    const [p10, p50, p95] = [0.1, 0.5, 0.95].map((share) => quantile(values, share)) as [
      number,
      number,
      number,
    ];
    line(name, String(values.length), p10, p50, p95, p50 / floor);
  }
}

export function printThroughput(title: string, rows: readonly (Row & { perSecond: number })[]): void {
  const floor = rows[0] ?? { values: [], perSecond: Number.NaN };
  console.log(`\n${title}`);
  line('', 'p50 ms', 'p95 ms', 'a second', 'p50 x', 'rate x');
  for (const { name, values, perSecond } of rows) {
    const p50 = quantile(values, 0.5);
    line(
      name,
      p50,
      quantile(values, 0.95),
      perSecond,
      p50 / quantile(floor.values, 0.5),
      perSecond / floor.perSecond,
    );
  }
}
