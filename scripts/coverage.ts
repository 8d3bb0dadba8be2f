// Runs the unit tests with Node's own coverage, all but those that measure time: a table of files, and one line with the
// shares at the end. A file that no unit test loads is not counted.

import { mkdtempDisposableSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { filesForCoverage, PROJECT } from './test-files.ts';
import { runTied } from './tied-process.ts';

interface Totals {
  readonly coverage: { readonly lines: number; readonly branches: number; readonly functions: number } | null;
}

const OPTIONS = [
  '--test',
  '--test-force-exit',
  '--test-concurrency=2',
  '--experimental-test-coverage',
  '--test-coverage-include=src/**/*.ts',
  '--test-coverage-exclude=src/**/*.test.ts',
  '--test-coverage-exclude=src/**/*-{fixture,contract}.ts',
  '--test-reporter=spec',
  '--test-reporter-destination=stdout',
  `--test-reporter=${join(PROJECT, 'scripts/totals-reporter.mjs')}`,
];

using directory = mkdtempDisposableSync(join(tmpdir(), 'coverage-'));
const written = join(directory.path, 'totals.json');
const argv = [process.execPath, ...OPTIONS, `--test-reporter-destination=${written}`, ...filesForCoverage()];
const { code } = await runTied(argv, { cwd: PROJECT });
const last = readFileSync(written, { encoding: 'utf8', flag: 'a+' }).trimEnd().split('\n').at(-1);
const { coverage = null } = JSON.parse(last || '{}') as Partial<Totals>;
if (coverage === null) {
  console.error('no coverage: the test runner did not come to its end');
} else {
  const shares = Object.entries(coverage).map(([name, percent]) => `${percent.toFixed(1)} % of ${name}`);
  console.log(`coverage by unit tests: ${shares.join(', ')}`);
}
process.exitCode = coverage === null ? 1 : code;
