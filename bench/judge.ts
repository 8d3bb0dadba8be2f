// Measures what programs of a problem cost over HTTP, interleaved in one run: tests of a compiled C program alone, with a
// compiled checker program behind each, and with a compiled interactor beside it. Prints each goal beside its figure.
//   npm run bench:judge

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SHARE } from './measure.ts';
import { type ServedRequest, startServed } from './served.ts';

const TESTS = 20;
const ROUNDS = Math.max(3, Math.round(30 * SHARE));
/** An interactive test's time in that of a plain one, at most; and CPU milliseconds of a checker beside its run. */
const GOALS = { interactive: 2.2, checkerMs: 1.6 };

const SOLUTION =
  '#include <stdio.h>\nint main(void) { int n; if (scanf("%d", &n) != 1) return 1; printf("%d\\n", 2 * n); return 0; }\n';
const CHECKER = `#include <fstream>
int main(int, char *argv[]) {
  std::ifstream input(argv[1]), output(argv[2]);
  int n, got;
  return input >> n && output >> got && got == 2 * n ? 0 : 1;
}
`;
const INTERACTOR = `#include <fstream>
#include <iostream>
int main(int, char *argv[]) {
  std::ifstream input(argv[1]);
  int n, got;
  input >> n;
  std::cout << n << std::endl;
  return std::cin >> got && got == 2 * n ? 0 : 1;
}
`;

const test_cases = Array.from({ length: TESTS }, (_, n) => ({ input: `${n}\n` }));
const plain = { language: 'c', code: SOLUTION, test_cases };
const REQUESTS: Readonly<Record<string, ServedRequest>> = {
  plain,
  checker: { ...plain, checker: { type: 'program', language: 'cpp', code: CHECKER } } as ServedRequest,
  interactive: { ...plain, interactor: { language: 'cpp', code: INTERACTOR } } as ServedRequest,
};

interface Figures {
  readonly wallMs: number[];
  readonly cpuMs: number[];
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

const directory = mkdtempSync(join(tmpdir(), 'bench-'));
try {
  await using service = await startServed('judge', directory, ['c', 'cpp'], {});
  const figures = new Map(Object.keys(REQUESTS).map((name) => [name, { wallMs: [], cpuMs: [] } as Figures]));
  for (let round = 0; round <= ROUNDS; round += 1) {
    for (const [name, body] of Object.entries(REQUESTS)) {
      const [start, used] = [performance.now(), service.usedMs()];
      await service.execute(body);
      if (round === 0) continue; // it compiles
      figures.get(name)?.wallMs.push((performance.now() - start) / TESTS);
      figures.get(name)?.cpuMs.push((service.usedMs() - used) / TESTS);
    }
  }
  const of = (name: string) => ({
    wallMs: median(figures.get(name)?.wallMs ?? []),
    cpuMs: median(figures.get(name)?.cpuMs ?? []),
  });
  console.log(
    `a test, medians of ${ROUNDS} rounds of ${TESTS}\n${'ms'.padEnd(14)}     wall      CPU   x wall    x CPU`,
  );
  const base = of('plain');
  for (const name of Object.keys(REQUESTS)) {
    const { wallMs, cpuMs } = of(name);
    const cells = [wallMs, cpuMs, wallMs / base.wallMs, cpuMs / base.cpuMs];
    console.log(name.padEnd(14) + cells.map((cell) => cell.toFixed(2).padStart(9)).join(''));
  }
  const ratio = of('interactive').cpuMs / base.cpuMs;
  const extra = of('checker').cpuMs - base.cpuMs;
  console.log(
    `an interactive test: ${ratio.toFixed(2)} x a plain one in CPU (goal: at most ${GOALS.interactive})`,
  );
  console.log(
    `a checker program: ${extra.toFixed(2)} ms of CPU beside the run (goal: at most ${GOALS.checkerMs})`,
  );
} finally {
  rmSync(directory, { recursive: true, force: true });
}
