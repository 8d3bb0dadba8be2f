// Runs the benchmarks in a short form, one after another: ratios of things measured in the same run. Their full forms are the
// scripts `bench:…` of package.json.

import { join } from 'node:path';
import { runTied } from './tied-process.ts';

const PROJECT = join(import.meta.dirname, '..');
const BENCHMARKS = ['engine', 'service', 'validation', 'metrics'];
/** Of the pieces of work and seconds of the full form. */
const SHARE = '0.3';

for (const name of BENCHMARKS) {
  console.log(`\n== ${name}`);
  const { code, isInterrupted } = await runTied([process.execPath, join('bench', `${name}.ts`)], {
    cwd: PROJECT,
    env: { BENCH_SHARE: SHARE, ...process.env },
  });
  if (code === 0) continue;
  console.error(`the benchmark ${name} failed`);
  process.exitCode = 1;
  if (isInterrupted) break;
}
