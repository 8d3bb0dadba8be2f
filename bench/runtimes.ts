// Measures runtimes and compilers over HTTP against plain starts of the same, interleaved in one run: with runtimes that
// were started ahead, and without (WARM_MEMORY_MB=0). Prints each goal beside its figure. The client runs on the same cores.
//   npm run bench:runtimes [NAME...]   only the rows whose names contain one of these words

import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createFloor } from './floor.ts';
import { type Contestant, compare, printTable, printThroughput, throughput } from './measure.ts';
import { type CpuGroup, createCpuGroup, type Served, startServed } from './served.ts';

interface Row {
  readonly name: string;
  readonly language: string;
  /** `NONCE` in it is replaced by another number for each run, so that nothing is compiled twice. */
  readonly code: string;
  readonly file: string;
  /** The same by plain programs; in a shell the working directory has the file. */
  readonly plainly: readonly string[] | string;
  /** p50 in the floor's, at most. */
  readonly goal: number;
  readonly runs: number;
  readonly gapMs: number;
}

const JAVA = `import java.util.*;
public class Main {
    public static void main(String[] args) {
        List<Integer> numbers = new ArrayList<>(List.of(3, 1, 2));
        Collections.sort(numbers);
        System.out.println("NONCE " + numbers);
    }
}
`;
const GO = 'package main\n\nimport "fmt"\n\nfunc main() { fmt.Println("NONCE") }\n';
const BITS = `#include <bits/stdc++.h>
using namespace std;
int main() {
    vector<long> numbers{3, 1, 2};
    sort(numbers.begin(), numbers.end());
    cout << "NONCE " << numbers[0] << endl;
}
`;
const GXX = 'g++ -O2 -std=gnu++17 -pipe -pthread -o program main.cpp && ./program';
const GO_BUILD =
  'CGO_ENABLED=0 GOCACHE=$PWD/cache GOPATH=$PWD/path GOFLAGS=-trimpath go build -ldflags="-s -w" -o program main.go && ./program';

const bits = (name: string, before: string): Row => ({
  ...{ name, language: 'cpp', file: 'main.cpp', code: `${before}${BITS}` },
  ...{ plainly: GXX, goal: 0.24, runs: 12, gapMs: 100 },
});

const ROWS: readonly Row[] = [
  {
    ...{ name: 'Python hello', language: 'python', file: 'main.py', code: 'print(1)\n' },
    ...{ plainly: ['/usr/bin/python3', 'main.py'], goal: 0.45, runs: 120, gapMs: 150 },
  },
  {
    ...{ name: 'Node hello', language: 'javascript', file: 'main.js', code: 'console.log(1);\n' },
    ...{ plainly: ['/usr/bin/node', 'main.js'], goal: 0.35, runs: 90, gapMs: 250 },
  },
  {
    ...{ name: 'Java, compiled', language: 'java', file: 'Main.java', code: JAVA.replace('NONCE', '') },
    ...{ plainly: ['/usr/bin/java', '-cp', '.', 'Main'], goal: 0.25, runs: 48, gapMs: 600 },
  },
  {
    ...{ name: 'Java, compile and run', language: 'java', file: 'Main.java', code: JAVA },
    ...{ plainly: 'javac Main.java && java -cp . Main', goal: 0.25, runs: 24, gapMs: 3000 },
  },
  bits('C++ bits/stdc++.h, compile and run', ''),
  bits('C++ bits after a pragma', '#pragma GCC optimize("O3")\n#pragma GCC target("avx2")\n'),
  bits('C++ bits after <iostream>', '#include <iostream>\n#include <vector>\n'),
  {
    ...{ name: 'Go, compile and run', language: 'go', file: 'main.go', code: GO },
    ...{ plainly: GO_BUILD, goal: 0.65, runs: 36, gapMs: 100 },
  },
];

/** At once, more than there are cores. */
const CLIENTS = 8;
const SATURATED = [
  { row: 'Python hello', goal: 'rate x at least 0.85' },
  { row: 'Node hello', goal: 'CPU a run x at most 1.05' },
];

let nonce = 0;
const fresh = (code: string) => code.replaceAll('NONCE', `${process.pid}${nonce++}`);

interface Side {
  readonly contestant: Contestant;
  usedMs(): number;
}

/** Plain starts; the source is written anew for each run of a compiler. */
async function plainSide(row: Row, directory: string, clients: number, group: CpuGroup) {
  await using stack = new AsyncDisposableStack();
  const home = join(directory, row.name.replaceAll(/[^a-z]/gi, '-'));
  mkdirSync(home, { recursive: true });
  const write = () => writeFileSync(join(home, row.file), fresh(row.code));
  write();
  if (row.language === 'java') execFileSync('javac', ['-d', home, join(home, row.file)]);
  const argv =
    typeof row.plainly === 'string'
      ? ['/bin/sh', '-c', `cd ${home} && PATH=$PATH:/usr/local/go/bin && ${row.plainly}`]
      : row.plainly.map((word) => (word === row.file || word === '.' ? join(home, word) : word));
  const floors = Array.from({ length: clients }, () => stack.use(createFloor(argv, group)));
  const contestant: Contestant = {
    name: 'plain',
    run(client) {
      if (row.code.includes('NONCE')) write();
      return (floors[client] as (typeof floors)[0]).ask();
    },
  };
  const held = stack.move();
  return { contestant, usedMs: group.usedMs, [Symbol.asyncDispose]: () => held.disposeAsync() };
}

function servedSide(row: Row, name: string, served: Served): Side {
  const run = () => served.execute({ language: row.language, code: fresh(row.code) });
  return { contestant: { name, run }, usedMs: served.usedMs };
}

const directory = mkdtempSync(join(tmpdir(), 'bench-'));
const wanted = process.argv.slice(2);
const rows = ROWS.filter(({ name }) => wanted.length === 0 || wanted.some((word) => name.includes(word)));

async function bench(warm: Served, cold: Served, group: CpuGroup): Promise<void> {
  for (const row of rows) {
    await using plain = await plainSide(row, directory, 1, group);
    const sides = [plain, servedSide(row, 'started ahead', warm), servedSide(row, 'not ahead', cold)];
    const times = await compare(
      sides.map(({ contestant }) => contestant),
      row,
    );
    printTable(`${row.name}, ${row.gapMs} ms between (goal: p50 x first at most ${row.goal})`, times);
  }
  for (const { row: name, goal } of SATURATED) {
    const row = rows.find((each) => each.name === name);
    if (row) await saturate(row, goal, warm, cold, group);
  }
}

async function saturate(row: Row, goal: string, warm: Served, cold: Served, group: CpuGroup): Promise<void> {
  await using plain = await plainSide(row, directory, CLIENTS, group);
  const sides = [plain, servedSide(row, 'started ahead', warm), servedSide(row, 'not ahead', cold)];
  const used: number[] = [];
  const runs: number[] = [];
  const counted = sides.map(({ contestant, usedMs }, index) => ({
    name: contestant.name,
    async run(client: number) {
      const before = usedMs();
      await contestant.run(client);
      runs[index] = (runs[index] ?? 0) + 1;
      used[index] = (used[index] ?? 0) + (usedMs() - before) / CLIENTS;
    },
  }));
  printThroughput(
    `${row.name}, ${CLIENTS} clients (goal: ${goal})`,
    await throughput(counted, { clients: CLIENTS, seconds: 6 }),
  );
  const each = sides.map((_, index) => (used[index] as number) / (runs[index] as number));
  const texts = each.map(
    (ms, i) => `${counted[i]?.name} ${ms.toFixed(1)} (x ${(ms / (each[0] as number)).toFixed(2)})`,
  );
  console.log(`CPU a run, all processes, ms: ${texts.join(', ')}`);
}

try {
  execFileSync('make', ['-s', '-C', import.meta.dirname]);
  const languages = [...new Set(rows.map(({ language }) => language))];
  using client = createCpuGroup('client');
  client.enter();
  await using warm = await startServed('warm', directory, languages, {});
  await using cold = await startServed('cold', directory, languages, { WARM_MEMORY_MB: '0' });
  using group = createCpuGroup('plain');
  await bench(warm, cold, group);
} finally {
  rmSync(directory, { recursive: true });
}
