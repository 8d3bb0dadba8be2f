// The gate's own decisions, with parts that stand in for the real ones: what counts as passed, what is tried again, and
// that a part ends at its limit with all that it started.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempDisposableSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { PROJECT } from './service.ts';

const RESULTS = join(PROJECT, '.ci/results.mjs');
const FLAKY =
  'src/http/slow.test.ts  a reason\nsrc/sandbox/native/leftovers.test.ts  a reason\nsrc/no-reason.test.ts\n';

interface Part {
  readonly kind?: 'tests' | 'work';
  readonly code?: number;
  readonly log?: string;
  /** Lines that scripts/count-cpu.mjs writes. */
  readonly cpu?: string;
  /** By the group of files; the key '' is a part with one group. */
  readonly totals?: Readonly<Record<string, Partial<Totals>>>;
}

interface Totals {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  readonly failedFiles: readonly string[];
  readonly failures: readonly Failure[];
  /** Whether the test runner was killed: its last line is missing and the one before is cut. */
  readonly isCut: boolean;
}

interface Failure {
  readonly file: string | null;
  readonly name: string;
  readonly error: readonly string[];
}

/** Runs a command of results.mjs on a directory as the gate leaves it. */
function results(command: 'again' | 'result', parts: Readonly<Record<string, Part>>) {
  using directory = mkdtempDisposableSync(join(tmpdir(), 'gate-'));
  const at = (path: string) => join(directory.path, path);
  mkdirSync(at('totals'));
  const lines = Object.entries(parts).map(([name, { kind = 'tests', code = 0 }]) =>
    [name, kind, code, 10, 60].join('\t'),
  );
  writeFileSync(at('parts.tsv'), `${lines.join('\n')}\n`);
  for (const [name, { totals = {} }] of Object.entries(parts))
    for (const [group, ofGroup] of Object.entries(totals))
      writeFileSync(at(`totals/${[name, group, 'json'].filter(Boolean).join('.')}`), asWritten(ofGroup));
  for (const [name, { log = '', cpu = '' }] of Object.entries(parts)) {
    writeFileSync(at(`${name}.log`), log);
    writeFileSync(at(`totals/${name}.cpu.json`), cpu);
  }
  writeFileSync(at('flaky'), FLAKY);
  const argv = [RESULTS, command, directory.path, at('flaky')];
  const { status, stdout, stderr } = spawnSync(process.execPath, argv, { encoding: 'utf8' });
  return { status, stdout, stderr };
}

/** The lines that scripts/totals-reporter.mjs writes. */
function asWritten({ failures = [], isCut = false, ...counts }: Partial<Totals>): string {
  const values = [
    ...failures.map((failure) => ({ failure })),
    { file: 'src/quick.test.ts', seconds: 0.1 },
    { passed: 0, failed: 0, skipped: 0, failedFiles: [], ...counts },
  ];
  const text = values.map((value) => `${JSON.stringify(value)}\n`).join('');
  return isCut ? text.slice(0, text.lastIndexOf('}') - 1) : text;
}

const PASSED = { totals: { '': { passed: 2 } } };
/** `npm test` in which these files failed. */
const failing = (...failedFiles: string[]): Part => ({
  code: 1,
  totals: {
    beside: { passed: 5, failed: 1, skipped: 1, failedFiles },
    services: { passed: 1 },
    systems: { passed: 0 },
    boxes: { passed: 0 },
    alone: { passed: 2 },
  },
});

suite('the result', () => {
  test('is good when every part passed, with the sum of all groups of files', () => {
    const groups = { beside: { passed: 5, skipped: 1 }, services: { passed: 1 }, alone: { passed: 2 } };
    const { status, stdout } = results('result', { install: { kind: 'work' }, tests: { totals: groups } });
    assert.equal(status, 0, stdout);
    assert.match(stdout, /^8 passed, 0 failed, 1 skipped$/m);
    assert.match(stdout, /^tests +10 +60 +0 +8 +0 +1$/m);
    assert.match(stdout, /^install +10 +60 +0 +- +- +-$/m);
  });

  test('shows the time and the CPU time of the slowest files, and the CPU time of parts', () => {
    const cpu =
      '{"file":"src/quick.test.ts","cpuSeconds":2.25}\n{"file":"src/other.test.ts","cpuSeconds":1}\n';
    const { stdout } = results('result', { tests: { ...PASSED, cpu }, other: PASSED });
    assert.match(stdout, /^0.1 s, 2.3 s of CPU: tests: src\/quick\.test\.ts$/m);
    assert.match(stdout, /^tests: 3 s of CPU in 2 files$/m);
    assert.doesNotMatch(stdout, /^other: /m);
  });

  const bad: readonly [string, Part, RegExp][] = [
    ['a part that exits with another code than 0', { ...PASSED, code: 3 }, /^failed: part exited with 3$/m],
    ['a part that reaches its limit', { ...PASSED, code: 124 }, /^failed: part reached its limit of 60 s$/m],
    ['a part without any totals', {}, /^failed: part: no test passed$/m],
    [
      'a part whose tests were all skipped',
      { totals: { '': { skipped: 3 } } },
      /^failed: part: no test pass/m,
    ],
    [
      'a failed test, even if the part exits with 0',
      { totals: { '': { passed: 1, failed: 1 } } },
      /1 tests failed/,
    ],
    ['work that fails', { kind: 'work', code: 1 }, /^failed: part exited with 1$/m],
  ];
  for (const [what, part, message] of bad)
    test(`is bad for ${what}`, () => {
      const { status, stdout } = results('result', { other: PASSED, part });
      assert.equal(status, 1, stdout);
      assert.match(stdout, message);
    });

  test('is good when what failed once has passed alone, and each test counts once', () => {
    const parts = {
      tests: failing('src/http/slow.test.ts'),
      again: { totals: { '': { passed: 4, skipped: 1 } } },
    };
    const { status, stdout } = results('result', parts);
    assert.equal(status, 0, stdout);
    assert.match(stdout, /^failed once, and not alone: src\/http\/slow\.test\.ts$/m);
    assert.match(stdout, /^9 passed, 0 failed, 1 skipped$/m);
  });

  test('is bad when what failed once fails again, or is not run again', () => {
    const again = { code: 1, totals: { '': { passed: 3, failed: 1 } } };
    const tests = failing('src/http/slow.test.ts');
    assert.equal(results('result', { tests, again }).status, 1);
    assert.equal(results('result', { tests, again: { totals: {} } }).status, 1);
    assert.equal(results('result', { tests }).status, 1);
  });

  test('does not forgive another part', () => {
    const again = { totals: { '': { passed: 4 } } };
    const parts = { tests: failing('src/http/slow.test.ts'), again, docker: { ...PASSED, code: 1 } };
    const { status, stdout } = results('result', parts);
    assert.equal(status, 1);
    assert.match(stdout, /^failed: docker exited with 1$/m);
  });
});

suite('what failed', () => {
  const failure = (name: string, file: string | null = 'src/log.test.ts'): Failure => ({
    file,
    name,
    error: ['AssertionError: 1 !== 2', '', `    at ${name}`],
  });
  const withFailures = (failures: readonly Failure[], more: Partial<Totals> = {}): Part => ({
    code: 1,
    totals: { beside: { passed: 1, failed: failures.length, failures, ...more } },
  });

  test('is named after the table, with the beginning of each error', () => {
    const { stdout } = results('result', {
      tests: withFailures([failure('the log > is kept')]),
      other: PASSED,
    });
    const after = stdout.slice(stdout.indexOf('failed test: '));
    assert.match(
      after,
      /^failed test: tests: src\/log\.test\.ts: the log > is kept\n {4}AssertionError: 1 !== 2\n\n {8}at the log > is kept\n/,
    );
    assert.match(after, /\n3 passed, 1 failed, 0 skipped\n$/);
  });

  test('is named although the part was killed at its limit', () => {
    const part = { ...withFailures([failure('early')], { isCut: true }), code: 124 };
    const { status, stdout } = results('result', { other: PASSED, tests: part });
    assert.equal(status, 1);
    assert.match(stdout, /^failed test: tests: src\/log\.test\.ts: early$/m);
  });

  test('is bounded: of many only the names, of more only how many', () => {
    const many = Array.from({ length: 130 }, (_, index) => failure(`test ${index}`));
    const { stdout } = results('result', { tests: withFailures(many) });
    assert.match(stdout, /^failed test: tests: src\/log\.test\.ts: test 24\n {4}AssertionError/m);
    assert.match(stdout, /: test 25\nfailed test: tests: src\/log\.test\.ts: test 26\n/);
    assert.doesNotMatch(stdout, /: test 100$/m);
    assert.match(stdout, /^130 failed tests in all$/m);
  });

  test('is the end of the log where a part failed without a test', () => {
    const log = Array.from({ length: 50 }, (_, index) => `line ${index}\n`).join('');
    const { stdout } = results('result', { other: PASSED, install: { kind: 'work', code: 2, log } });
    assert.match(stdout, /^install failed without a failed test; its log ends:\n {4}line 20\n/m);
    assert.match(stdout, /^ {4}line 49\n/m);
  });

  test('is named apart where it has passed alone', () => {
    const tests = failing('src/http/slow.test.ts');
    const beside = { ...tests.totals?.beside, failures: [failure('is slow', 'src/http/slow.test.ts')] };
    const { status, stdout } = results('result', {
      tests: { ...tests, totals: { ...tests.totals, beside } },
      again: { totals: { '': { passed: 4 } } },
    });
    assert.equal(status, 0, stdout);
    assert.match(stdout, /^failed once: tests: src\/http\/slow\.test\.ts: is slow$/m);
    assert.doesNotMatch(stdout, /failed test/);
  });
});

suite('what the test runner reports', () => {
  const SOURCES = {
    'nested.test.ts': `import { before, suite, test } from 'node:test';
      suite('outer', () => {
        suite('inner', () => test('fails', () => { throw new Error('why\\n' + 'more\\n'.repeat(99)); }));
        test('passes', () => {});
      });
      suite('hook', () => { before(() => { throw new Error('no server'); }); test('waits', () => {}); });
      test('is to be done', { todo: true }, () => { throw new Error('not yet'); });`,
    'broken.test.ts': 'process.exit(3);',
  };

  test('is each failed test by its full name, as soon as it failed, and the seconds of each file', () => {
    using directory = mkdtempDisposableSync(join(tmpdir(), 'reporter-'));
    for (const [name, text] of Object.entries(SOURCES)) writeFileSync(join(directory.path, name), text);
    const reporter = `--test-reporter=${join(PROJECT, 'scripts/totals-reporter.mjs')}`;
    const { NODE_TEST_CONTEXT: _, ...env } = process.env;
    const options = { cwd: directory.path, env, encoding: 'utf8' } as const;
    const { stdout } = spawnSync(
      process.execPath,
      ['--test', reporter, 'nested.test.ts', 'broken.test.ts'],
      options,
    );
    const lines = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    const failures: Failure[] = lines.flatMap(({ failure }) => failure ?? []);
    assert.deepEqual(failures.map(({ file, name }) => `${file}: ${name}`).sort(), [
      'broken.test.ts: broken.test.ts',
      'nested.test.ts: hook',
      'nested.test.ts: hook > waits',
      'nested.test.ts: outer > inner > fails',
    ]);
    const errorOf = (part: string) => failures.find(({ name }) => name.endsWith(part))?.error ?? [];
    assert.deepEqual(errorOf('fails').slice(0, 2), ['Error: why', 'more']);
    assert.equal(errorOf('fails').length, 15);
    assert.match(errorOf('broken.test.ts').join(), /exit code 3/);
    assert.ok(lines.some(({ file, seconds }) => file === 'nested.test.ts' && seconds >= 0));
    const { passed, failedFiles } = lines.at(-1);
    assert.equal(passed, 1);
    assert.deepEqual(failedFiles.sort(), ['broken.test.ts', 'nested.test.ts']);
  });
});

test('the CPU time of a test file includes what its children used, and not what its threads and forks say', () => {
  using directory = mkdtempDisposableSync(join(tmpdir(), 'cpu-'));
  const file = 'burning.test.ts';
  writeFileSync(
    join(directory.path, file),
    `import { execFileSync, fork } from 'node:child_process';
    import { once } from 'node:events';
    import { test } from 'node:test';
    import { Worker } from 'node:worker_threads';
    const burn = 'while (process.cpuUsage().user < 300_000);';
    test('burns', async () => {
      execFileSync(process.execPath, ['-e', burn]);
      await once(new Worker('', { eval: true }), 'exit');
      await once(fork('other.mjs'), 'exit');
    });`,
  );
  writeFileSync(join(directory.path, 'other.mjs'), '');
  const { NODE_TEST_CONTEXT: _, ...rest } = process.env;
  const env = { ...rest, TEST_CPU: join(directory.path, 'cpu.json') };
  const argv = [`--import=${join(PROJECT, 'scripts/count-cpu.mjs')}`, '--test', file];
  spawnSync(process.execPath, argv, { cwd: directory.path, env });
  const lines = readFileSync(env.TEST_CPU, 'utf8').trim().split('\n');
  assert.equal(lines.length, 1, lines.join('\n'));
  const { file: counted, cpuSeconds } = JSON.parse(lines[0] ?? '');
  assert.equal(counted, file);
  assert.ok(cpuSeconds > 0.3 && cpuSeconds < 60, `${cpuSeconds} s`);
});

suite('what is tried again', () => {
  test('is what failed, if .ci/flaky lists every file of it with a reason', () => {
    const { stdout, stderr } = results('again', { tests: failing('src/http/slow.test.ts') });
    assert.equal(stdout, 'src/http/slow.test.ts\n', stderr);
  });

  test('is nothing when the tests passed', () => {
    assert.deepEqual(results('again', { tests: PASSED }), { status: 0, stdout: '', stderr: '' });
  });

  const standing: readonly [string, Part, RegExp][] = [
    [
      'a file that is not listed',
      failing('src/http/slow.test.ts', 'src/log.test.ts'),
      /src\/log\.test\.ts is not/,
    ],
    ['a file without a reason', failing('src/no-reason.test.ts'), /no-reason\.test\.ts is not/],
    [
      'a file of the sandbox, though it is listed',
      failing('src/sandbox/native/leftovers.test.ts'),
      /leftovers/,
    ],
    ['no file: the checks failed', { code: 1 }, /did not come to its end/],
    ['tests at their limit', { ...failing('src/http/slow.test.ts'), code: 124 }, /did not come to its end/],
    [
      'a group that broke',
      { code: 1, totals: { beside: { failed: 1, failedFiles: ['src/http/slow.test.ts'] } } },
      /end/,
    ],
  ];
  for (const [what, tests, message] of standing)
    test(`is nothing for ${what}`, () => {
      const { stdout, stderr } = results('again', { tests });
      assert.equal(stdout, '');
      assert.match(stderr, message);
    });
});

/** Runs lines of bash as .ci/run does, with these parts. */
function runParts(lines: string, scripts: Readonly<Record<string, string>>) {
  using directory = mkdtempDisposableSync(join(tmpdir(), 'gate-'));
  for (const [name, text] of Object.entries(scripts)) writeFileSync(join(directory.path, name), text);
  const script = `set -euo pipefail; work=$PWD running=(); source "$1"; ${lines}`;
  const argv = ['-c', script, 'bash', join(PROJECT, '.ci/parts.sh')];
  const { status, stdout, stderr } = spawnSync('bash', argv, { cwd: directory.path, encoding: 'utf8' });
  return { status, output: stdout + stderr, parts: readFileSync(join(directory.path, 'parts.tsv'), 'utf8') };
}

suite('a part', () => {
  test('is recorded with its exit code, and its output is shown', () => {
    const { status, output, parts } = runParts('begin tests one 60 one.sh word; finish one', {
      'one.sh': 'echo "$1 $LIMIT $TEST_TOTALS" | sed "s|$WORK||"; exit 3',
    });
    assert.equal(status, 0, output);
    assert.match(output, /^word 60 \/totals\/one$/m);
    assert.match(parts, /^one\ttests\t3\t\d+\t60\n$/);
  });

  test('runs beside another one, and both are recorded', () => {
    const lines = 'begin work slow 60 slow.sh; begin work quick 60 quick.sh; finish quick; finish slow';
    const { parts } = runParts(lines, {
      'quick.sh': 'mkfifo turn 2>/dev/null; echo >turn',
      'slow.sh': 'mkfifo turn 2>/dev/null; read -r <turn',
    });
    assert.match(parts, /^quick\twork\t0\t\d+\t60\nslow\twork\t0\t\d+\t60\n$/);
  });

  test('took as long as it had something to say, however late it is waited for', () => {
    const { parts } = runParts('begin work early 60 early.sh; sleep 3; finish early', {
      'early.sh': 'echo done',
    });
    assert.match(parts, /^early\twork\t0\t[01]\t60\n$/);
  });

  test('ends at its limit, with what it started', async () => {
    const { output, parts } = runParts('begin work stuck 1 stuck.sh; finish stuck', {
      'stuck.sh': 'sleep 600 & echo "started $!"; wait',
    });
    assert.match(parts, /^stuck\twork\t124\t/);
    const pid = /started (\d+)/.exec(output)?.[1] ?? '';
    for (let turn = 0; isAlive(pid); turn++) {
      assert.ok(turn < 1000, `process ${pid} lives on`);
      await delay(10);
    }
  });
});

/** One that has ended and that nobody has waited for yet is not alive. */
function isAlive(pid: string): boolean {
  try {
    return !/\) [XZ] /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

test('the gate begins only parts that there are', () => {
  const gate = readFileSync(join(PROJECT, '.ci/run'), 'utf8');
  const scripts = [...gate.matchAll(/begin (?:tests|work) \S+ \d+ (\S+)/g)].map(([, path = '']) => path);
  assert.ok(scripts.length > 8);
  for (const path of scripts)
    assert.match(readFileSync(join(PROJECT, path.replace(/;$/, '')), 'utf8'), /^#!.*\n# [A-Z]/);
});

test('.ci/flaky lists only files that exist', () => {
  const lines = readFileSync(join(PROJECT, '.ci/flaky'), 'utf8').split('\n');
  for (const line of lines.filter((text) => text !== '' && !text.startsWith('#')))
    assert.ok(readFileSync(join(PROJECT, line.split(' ')[0] ?? ''), 'utf8').length > 0);
});
