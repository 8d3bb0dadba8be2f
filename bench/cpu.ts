// Measures the CPU time that a request takes of all processes together (service, supervisor, boxes), beside its latency and
// the floor: plain starts of the same program in the same run. With the paths of other checkouts it starts their services
// too, and compares: so a change is measured against what was before it, in the same minute on the same machine.
//   npm run bench:cpu [-- CHECKOUT...]

import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { createFloor, type Floor } from './floor.ts';
import { quantile, SHARE } from './measure.ts';
import { type CpuGroup, createCpuGroup, type Served, type ServedRequest, startServed } from './served.ts';

interface Contestant {
  readonly name: string;
  /** One piece of work of client number `client`. */
  run(client: number): Promise<void>;
  /** Milliseconds of CPU time so far. */
  cpuMs(): number;
}

interface Row {
  readonly name: string;
  readonly wallMs: number[];
  /** A piece of work, in each round. */
  readonly cpuMs: number[];
  readonly perSecond: number[];
}

interface Counted {
  readonly name: string;
  readonly service: Served;
}

interface Work {
  readonly title: string;
  readonly body: ServedRequest;
  /** What the floor does as often as the service does it in one request. */
  readonly starts: number;
  readonly clients: number;
  readonly seconds: number;
  /** What the service at the end of the table is to reach, as the table's ratios. */
  readonly goals?: readonly Goal[];
}

interface Goal {
  readonly ratio: 'CPU x 1st' | 'p50 x' | 'rate x';
  readonly atMost?: number;
  readonly atLeast?: number;
}

/** Of what the first checkout takes; measured only beside another one. */
const HALF_THE_CPU: Goal = { ratio: 'CPU x 1st', atMost: 0.5 };

const HERE = import.meta.dirname;
const ROUNDS = 8;
/** Before anything is measured, Node compiles what runs often; it goes on with that for some thousand requests. */
const WARM_UP_SECONDS = 3;
const HELLO = '#include <stdio.h>\nint main(void) { puts("1"); return 0; }\n';
const READER =
  '#include <unistd.h>\nstatic char text[1 << 16];\nint main(void) { while (read(0, text, sizeof text) > 0) {} }\n';
const hello = { language: 'c', code: HELLO };
const WORK: readonly Work[] = [
  {
    title: 'C hello, build cached, 1 client',
    ...{ body: hello, starts: 1, clients: 1, seconds: 4 },
    goals: [{ ratio: 'p50 x', atMost: 3 }, HALF_THE_CPU],
  },
  {
    title: 'C hello, build cached, 8 clients',
    ...{ body: hello, starts: 1, clients: 8, seconds: 4 },
    goals: [{ ratio: 'rate x', atLeast: 0.22 }, HALF_THE_CPU],
  },
  {
    title: '100 tests of C hello in one submission, against 100 plain starts, two at a time',
    body: {
      ...hello,
      test_cases: Array.from({ length: 100 }, () => ({ input: '', expected_output: '1\n' })),
    },
    ...{ starts: 100, clients: 1, seconds: 8 },
    goals: [{ ratio: 'p50 x', atMost: 2.5 }],
  },
  {
    title: 'C program that reads 5 MB of stdin, build cached',
    body: { language: 'c', code: READER, stdin: 'x'.repeat(5_000_000) },
    ...{ starts: 1, clients: 1, seconds: 8 },
    goals: [HALF_THE_CPU],
  },
];

/** Keeps `clients` pieces of work going, and adds what they took to the row. */
async function load({ run, cpuMs }: Contestant, row: Row, clients: number, seconds: number): Promise<void> {
  const [start, before, done] = [performance.now(), cpuMs(), row.wallMs.length];
  const client = async (_: unknown, number: number) => {
    do {
      const begun = performance.now();
      await run(number);
      row.wallMs.push(performance.now() - begun);
    } while (performance.now() - start < seconds * 1000);
  };
  await Promise.all(Array.from({ length: clients }, client));
  const count = row.wallMs.length - done;
  row.cpuMs.push((cpuMs() - before) / count);
  row.perSecond.push((count * 1000) / (performance.now() - start));
}

function print({ title, goals = [] }: Work, rows: readonly Row[]): void {
  const at = (row: Row | undefined) => ({
    cpu: quantile(row?.cpuMs ?? [], 0.5),
    p50: quantile(row?.wallMs ?? [], 0.5),
    rate: quantile(row?.perSecond ?? [], 0.5),
  });
  const [floor, first] = [at(rows[0]), at(rows[1])];
  const cells = (...values: (string | number)[]) =>
    values.map((value) => (typeof value === 'number' ? value.toFixed(2) : value).padStart(9)).join(' ');
  console.log(`\n${title}`);
  console.log(
    `${''.padEnd(24)}${cells('CPU ms', 'p50 ms', 'a second', 'CPU x', 'p50 x', 'rate x', 'CPU x 1st')}`,
  );
  for (const row of rows) {
    const { cpu, p50, rate } = at(row);
    const ratios = [
      cpu / floor.cpu,
      p50 / floor.p50,
      rate / floor.rate,
      row === rows[0] ? '' : cpu / first.cpu,
    ];
    console.log(`${row.name.padEnd(24)}${cells(cpu, p50, rate, ...ratios)}`);
  }
  const last = at(rows.at(-1));
  const reached = {
    'CPU x 1st': rows.length > 2 ? last.cpu / first.cpu : null,
    'p50 x': last.p50 / floor.p50,
    'rate x': last.rate / floor.rate,
  };
  for (const goal of goals) printGoal(goal, reached[goal.ratio]);
}

function printGoal({ ratio, atMost, atLeast }: Goal, value: number | null): void {
  if (value === null) return;
  const isReached = value <= (atMost ?? Number.POSITIVE_INFINITY) && value >= (atLeast ?? 0);
  const bound = atMost === undefined ? `at least ${atLeast}` : `at most ${atMost}`;
  console.log(`goal: ${ratio} ${bound}, ${isReached ? 'reached' : 'missed'} with ${value.toFixed(2)}`);
}

async function measure(contestants: readonly Contestant[], work: Work): Promise<void> {
  const { clients, seconds } = work;
  const rows = contestants.map(({ name }) => ({ name, wallMs: [], cpuMs: [], perSecond: [] }) as Row);
  for (const contestant of contestants)
    await load(contestant, { name: '', wallMs: [], cpuMs: [], perSecond: [] }, clients, WARM_UP_SECONDS);
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [index, contestant] of contestants.entries())
      await load(contestant, rows[index] as Row, clients, (seconds * SHARE) / ROUNDS);
  }
  print(work, rows);
}

/** All pieces of work, two at a time. */
async function twoAtATime(count: number, run: (lane: number) => Promise<void>): Promise<void> {
  let left = count;
  const lane = async (_: unknown, number: number) => {
    while (left-- > 0) await run(number);
  };
  await Promise.all(Array.from({ length: 2 }, lane));
}

/** Plain starts, as often as one request starts the program. */
function plainly({ starts }: Work, floors: readonly Floor[], { usedMs }: CpuGroup): Contestant {
  const ask = (number: number) => (floors[number] as Floor).ask();
  if (starts === 1) return { name: 'plain', run: ask, cpuMs: usedMs };
  return { name: `${starts} x plain`, run: () => twoAtATime(starts, ask), cpuMs: usedMs };
}

async function bench(program: string, services: readonly Counted[], plain: CpuGroup): Promise<void> {
  for (const work of WORK) {
    const floors = Array.from({ length: Math.max(2, work.clients) }, () => createFloor([program], plain));
    const overHttp = services.map(
      ({ name, service }): Contestant => ({
        name,
        cpuMs: service.usedMs,
        run: () => service.execute(work.body),
      }),
    );
    await measure([plainly(work, floors, plain), ...overHttp], work);
    for (const floor of floors) await floor[Symbol.asyncDispose]();
  }
}

const directory = mkdtempSync(join(tmpdir(), 'bench-'));
execFileSync('make', ['-s', '-C', HERE]);
const program = join(directory, 'hello');
execFileSync('gcc', ['-O2', '-x', 'c', '-', '-o', program], { input: HELLO });
await using cleanUp = new AsyncDisposableStack();
cleanUp.defer(() => rmSync(directory, { recursive: true }));
const plain = cleanUp.use(createCpuGroup('plain'));
const services: Counted[] = [];
for (const [index, path] of [...process.argv.slice(2), join(HERE, '..')].entries()) {
  const checkout = resolve(path);
  const service = cleanUp.use(await startServed(`service-${index}`, directory, ['c'], {}, checkout));
  services.push({ name: basename(checkout), service });
}
await bench(program, services, plain);
