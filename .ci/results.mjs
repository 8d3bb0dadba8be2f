// Decides what the ends of the gate's parts mean: which failed files are tried again, and whether all passed. It reads what
// parts.sh and the test runner wrote into the gate's directory. Plain JavaScript, since the machine's own Node runs it.
//   node results.mjs again DIRECTORY FLAKY   prints the files to try again, and to stderr why not
//   node results.mjs result DIRECTORY        prints a table of the parts and exits with 1 unless all passed

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describeFailures } from './failures.mjs';

/** The part whose failures may be tried again, the groups of files that it runs, and the part that tries again. */
const TESTS = 'tests';
const GROUPS = ['beside', 'services', 'systems', 'boxes', 'alone'];
const AGAIN = 'again';
const SLOWEST_FILES = 15;
/** What timeout(1) exits with. */
const TIMED_OUT = 124;
/** A race between boxes shows once in many runs: a failure of these stands, whatever .ci/flaky lists. */
const NEVER_AGAIN = /escapes\/|leftovers|supervisor-protocol|native-sandbox|containers\//;

/** The parts that have ended, each with the sum of its totals, which `name.json` and `name.WORD.json` hold. */
export function readParts(directory) {
  const lines = readFileSync(join(directory, 'parts.tsv'), 'utf8').trim().split('\n');
  return lines.map((line) => {
    const [name, kind, code, seconds, limit] = line.split('\t');
    const totals = readTotals(directory, name);
    return { name, kind, code: Number(code), seconds: Number(seconds), limit: Number(limit), ...totals };
  });
}

function readTotals(directory, part) {
  const place = join(directory, 'totals');
  const sum = {
    passed: 0,
    failed: 0,
    skipped: 0,
    failedFiles: [],
    groups: [],
    failures: [],
    files: [],
    cpu: {},
  };
  for (const file of existsSync(place) ? readdirSync(place) : []) {
    const [name, group] = file.split('.');
    if (name !== part) continue;
    for (const line of readLines(join(place, file))) {
      if (line.failure !== undefined) sum.failures.push(line.failure);
      if (line.seconds !== undefined) sum.files.push(line);
      if (line.cpuSeconds !== undefined) sum.cpu[line.file] = line.cpuSeconds;
      if (line.passed === undefined) continue;
      for (const key of ['passed', 'failed', 'skipped']) sum[key] += line[key];
      sum.failedFiles.push(...line.failedFiles);
      sum.groups.push(group);
    }
  }
  return sum;
}

/** The last line may be cut: a part that reached its limit was killed. */
function readLines(path) {
  const lines = readFileSync(path, 'utf8').split('\n').slice(0, -1);
  return lines.map((line) => JSON.parse(line));
}

/** Files of the part `tests` to try again, or why its failure stands. Nothing of both when there was none. */
export function filesToTryAgain(parts, flaky) {
  const tests = parts.find(({ name }) => name === TESTS);
  if (tests === undefined || tests.code === 0) return { files: [], reason: null };
  if (tests.code !== 1 || !GROUPS.every((group) => tests.groups.includes(group)))
    return { files: [], reason: 'not tried again: the test runner did not come to its end' };
  const files = [...new Set(tests.failedFiles)].sort();
  if (files.length === 0) return { files, reason: 'not tried again: no test file failed' };
  const standing = files.find((file) => NEVER_AGAIN.test(file) || !flaky.has(file));
  if (standing === undefined) return { files, reason: null };
  return { files: [], reason: `not tried again: ${standing} is not in .ci/flaky` };
}

/** The files that .ci/flaky lists with a reason. */
export function readFlaky(text) {
  const entries = text.split('\n').map((line) => /^([^#\s]\S*)\s+\S/.exec(line)?.[1]);
  return new Set(entries.filter((file) => file !== undefined));
}

/** Whether what failed once has passed alone: then each test counts once. */
function forgive(parts) {
  const again = parts.find(({ name }) => name === AGAIN);
  const hasPassed = again !== undefined && again.code === 0 && again.failed === 0 && again.passed > 0;
  if (!hasPassed) return { parts, files: [] };
  const counted = parts.map((part) => {
    if (part.name === TESTS) return { ...part, code: 0, passed: part.passed + part.failed, failed: 0 };
    return part.name === AGAIN ? { ...part, passed: 0, skipped: 0 } : part;
  });
  return { parts: counted, files: parts.find(({ name }) => name === TESTS).failedFiles };
}

export function judge(ended) {
  const { parts, files } = forgive(ended);
  const failures = parts.flatMap(({ name, kind, code, limit, passed, failed }) => {
    const reasons = [];
    if (code === TIMED_OUT) reasons.push(`${name} reached its limit of ${limit} s`);
    else if (code !== 0) reasons.push(`${name} exited with ${code}`);
    if (failed > 0) reasons.push(`${name}: ${failed} tests failed`);
    const wasForgiven = name === AGAIN && code === 0;
    if (kind === 'tests' && passed === 0 && !wasForgiven) reasons.push(`${name}: no test passed`);
    return reasons;
  });
  const sum = (key) => parts.reduce((total, part) => total + part[key], 0);
  const totals = { passed: sum('passed'), failed: sum('failed'), skipped: sum('skipped') };
  return { ...totals, failures, files: [...new Set(files)].sort() };
}

function printTable(parts) {
  const row = (name, ...cells) =>
    console.log(`${name.padEnd(28)}${cells.map((cell) => String(cell).padStart(9)).join('')}`);
  row('part', 'seconds', 'limit', 'exit', 'passed', 'failed', 'skipped');
  for (const { name, kind, code, seconds, limit, passed, failed, skipped } of parts)
    row(name, seconds, limit, code, ...(kind === 'tests' ? [passed, failed, skipped] : ['-', '-', '-']));
}

/** Those files that took the longest or the most CPU time, which their processes and what these waited for have used. */
function printSlowest(parts) {
  const files = parts.flatMap(({ name, files: of, cpu }) =>
    of.map(({ file, seconds }) => ({ part: name, file, seconds, cpuSeconds: cpu[file] ?? 0 })),
  );
  const most = (key) => files.toSorted((one, other) => other[key] - one[key]).slice(0, SLOWEST_FILES);
  for (const { part, file, seconds, cpuSeconds } of new Set([...most('seconds'), ...most('cpuSeconds')]))
    console.log(`${seconds} s, ${cpuSeconds.toFixed(1)} s of CPU: ${part}: ${file}`);
  for (const { name, cpu } of parts) {
    const counted = Object.values(cpu);
    const sum = counted.reduce((total, seconds) => total + seconds, 0);
    if (counted.length > 0) console.log(`${name}: ${Math.round(sum)} s of CPU in ${counted.length} files`);
  }
}

function printResult(directory) {
  const parts = readParts(directory);
  printTable(parts);
  printSlowest(parts);
  const { passed, failed, skipped, failures, files } = judge(parts);
  for (const line of describeFailures(directory, parts, files)) console.log(line);
  for (const file of files) console.log(`failed once, and not alone: ${file}`);
  for (const failure of failures) console.log(`failed: ${failure}`);
  console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`);
  if (failures.length > 0 || failed > 0 || passed === 0) process.exitCode = 1;
}

function printFilesToTryAgain(directory, flaky) {
  const { files, reason } = filesToTryAgain(readParts(directory), readFlaky(readFileSync(flaky, 'utf8')));
  if (reason !== null) console.error(reason);
  for (const file of files) console.log(file);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [command, directory, flaky] = process.argv.slice(2);
  if (command === 'again') printFilesToTryAgain(directory, flaky);
  else if (command === 'result') printResult(directory);
  else throw new Error(`unknown command ${command}: again or result`);
}
