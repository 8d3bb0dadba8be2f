// Whole executions against a scripted sandbox: verdicts, order, hidden tests, cancelling, failures of the sandbox.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import type { ExecuteRequest } from '../api/execution.ts';
import { ServiceError } from '../errors.ts';
import { SandboxError } from '../sandbox/sandbox.ts';
import { createServiceForTests, languageCatalog, toolchain } from '../submissions/service-fixture.ts';
import { MIB } from '../units.ts';
import { JudgeError } from './judge-threads.ts';
import { judge } from './judgement.ts';
import { presentResult } from './output.ts';
import { CANCELLED, type ScriptedEnd, untilAborted } from './scripted-sandbox-fixture.ts';

const flaky = () => new SandboxError('the box did not start', { retryable: true });
const busy = () => new SandboxError('too little CPU time', { retryable: true, busy: true });
const broken = () => new SandboxError('no cgroup', { retryable: false });
const SUM_TESTS = [
  { input: '1 2', expected_output: '3' },
  { input: '2 2', expected_output: '4' },
];
const sum = (stdin: string) => String(stdin.split(' ').reduce((total, part) => total + Number(part), 0));

test('a run without test cases is completed', async () => {
  const service = createServiceForTests({ run: ({ stdin }) => ({ stdout: `got ${stdin}` }) });
  const record = await service.execute({ stdin: 'hi' });
  assert.equal(record.status, 'completed');
  assert.equal(record.compile, null);
  assert.equal(record.results.length, 1);
  const [result] = record.results;
  assert.equal(result?.status, 'completed');
  assert.equal(result?.passed, true);
  assert.equal(result?.input, 'hi');
  assert.equal(result?.expected_output, null);
  assert.equal(result?.stdout, 'got hi');
  assert.deepEqual(record.summary, { total: 1, passed: 1, failed: 0, skipped: 0, score: 1 });
});

test('all tests accepted is accepted, in the shape of the contract', async () => {
  const service = createServiceForTests({
    run: ({ stdin }) => ({
      stdout: `${sum(stdin)}\n`,
      cpuTimeMs: 11.234,
      wallTimeMs: 13.96,
      memoryBytes: 9120.4 * 1024,
    }),
  });
  const record = await service.execute({ test_cases: SUM_TESTS.slice(0, 1) });
  const { execution_id, queue_time_ms, total_time_ms, created_at, finished_at, ...rest } = record;
  assert.match(execution_id, /^[0-9A-Z]{26}$/);
  assert.ok(queue_time_ms >= 0 && queue_time_ms <= total_time_ms);
  assert.ok(Date.parse(created_at) <= Date.parse(finished_at));
  assert.deepEqual(rest, {
    status: 'accepted',
    language: 'script',
    version: '3.11.2',
    compile: null,
    results: [
      {
        index: 0,
        name: null,
        status: 'accepted',
        passed: true,
        score: 1,
        is_hidden: false,
        input: '1 2',
        input_truncated: false,
        expected_output: '3',
        stdout: '3\n',
        stderr: '',
        exit_code: 0,
        signal: null,
        cpu_time_ms: 11.2,
        wall_time_ms: 14,
        memory_kb: 9120,
        stdout_truncated: false,
        stderr_truncated: false,
        message: null,
      },
    ],
    summary: { total: 1, passed: 1, failed: 0, skipped: 0, score: 1 },
    cpu_time_ms: 11.2,
    wall_time_ms: 14,
    memory_kb: 9120,
    sandbox: 'native',
    timings: { validation_ms: null },
    warnings: [],
  });
  assert.deepEqual(service.sandbox.counts, { open: 0, boxes: 0, mostBoxes: 1 });
});

test('a test without expected output passes when the program ends well', async () => {
  const service = createServiceForTests({ run: ({ stdin }) => ({ exitCode: stdin === 'bad' ? 1 : 0 }) });
  const record = await service.execute({ test_cases: [{ input: 'ok' }, { input: 'bad' }] });
  assert.deepEqual(
    record.results.map(({ status }) => status),
    ['accepted', 'runtime_error'],
  );
});

test('the checker that was chosen decides', async () => {
  const service = createServiceForTests({ run: () => ({ stdout: '0.1000001' }) });
  const test_cases = [{ expected_output: '0.1' }];
  assert.equal((await service.execute({ test_cases })).status, 'wrong_answer');
  assert.equal((await service.execute({ test_cases, checker: { type: 'float' } })).status, 'accepted');
});

test('wrong answers come with a message and a score', async () => {
  const service = createServiceForTests({ run: () => ({ stdout: '3' }) });
  const record = await service.execute({
    test_cases: [
      { expected_output: '3', weight: 1 },
      { expected_output: '4', weight: 3 },
    ],
  });
  assert.equal(record.status, 'wrong_answer');
  assert.equal(record.results[1]?.message, 'Line 1 differs: expected "4", got "3".');
  assert.deepEqual(record.summary, { total: 2, passed: 1, failed: 1, skipped: 0, score: 0.25 });
});

test('where nothing weighs, the score is whether all passed', async () => {
  const service = createServiceForTests({ run: () => ({ stdout: '3' }) });
  const weightless = (expected_output: string) => ({ expected_output, weight: 0 });
  assert.equal((await service.execute({ test_cases: [weightless('3')] })).summary.score, 1);
  assert.equal((await service.execute({ test_cases: [weightless('3'), weightless('4')] })).summary.score, 0);
});

test('the figures at the top are the maxima over the runs, and each may come from another', async () => {
  const ends: Record<string, ScriptedEnd> = {
    a: { cpuTimeMs: 5, wallTimeMs: 1, memoryBytes: MIB },
    b: { cpuTimeMs: 1, wallTimeMs: 7, memoryBytes: 3 * MIB },
  };
  const service = createServiceForTests({ run: ({ stdin }) => ends[stdin] ?? {} });
  const record = await service.execute({ test_cases: [{ input: 'a' }, { input: 'b' }] });
  assert.deepEqual([record.cpu_time_ms, record.wall_time_ms, record.memory_kb], [5, 7, 3072]);
});

for (const [end, expected] of [
  [
    { limitReached: 'cpu', exitCode: null, signal: 'SIGKILL' },
    { status: 'time_limit_exceeded', limit: 'cpu' },
  ],
  [
    { limitReached: 'wall', exitCode: null, signal: 'SIGKILL' },
    { status: 'time_limit_exceeded', limit: 'wall' },
  ],
  [{ outOfMemory: true, exitCode: null, signal: 'SIGKILL' }, { status: 'memory_limit_exceeded' }],
  [
    { limitReached: 'output', stdout: '3', stdoutTruncated: true },
    { status: 'output_limit_exceeded', stdout_truncated: true },
  ],
  [
    { forbiddenSystemCall: true, exitCode: null, signal: 'SIGSYS' },
    { status: 'security_violation', signal: 'SIGSYS' },
  ],
  [{ exitCode: 42 }, { status: 'runtime_error', exit_code: 42, signal: null }],
  [
    { exitCode: 139, signal: 'SIGSEGV' },
    { status: 'runtime_error', exit_code: null, signal: 'SIGSEGV' },
  ],
] as const) {
  test(`an end like ${JSON.stringify(end)} is reported as ${expected.status}`, async () => {
    const service = createServiceForTests({ run: () => end });
    const record = await service.execute({ test_cases: [{ expected_output: '3' }] });
    assert.equal(record.status, expected.status);
    assert.partialDeepStrictEqual(record.results[0], { ...expected, passed: false });
  });
}

test('the overall status is that of the first test in order that did not pass', async () => {
  const service = createServiceForTests({
    slots: 3,
    run: async ({ stdin }) => {
      await sleep(stdin === 'slow' ? 20 : 1);
      return stdin === 'slow' ? { exitCode: 1 } : { stdout: stdin };
    },
  });
  const record = await service.execute({
    test_cases: [
      { input: 'a', expected_output: 'a' },
      { input: 'slow', expected_output: '' },
      { input: 'b', expected_output: 'c' },
    ],
  });
  assert.equal(record.status, 'runtime_error');
});

test('a language makes its command once for each memory limit, not for each test', async (t) => {
  const language = languageCatalog.find('script');
  assert.ok(language);
  const { mock } = t.mock.method(language, 'run');
  await createServiceForTests().execute({ test_cases: [{}, {}, { memory_limit: 64 }, {}] });
  assert.deepEqual(
    mock.calls.map(({ arguments: [context] }) => context.memoryBytes),
    [128 * MIB, 64 * MIB],
  );
});

test('each box gets the limits, the command and the arguments of its test', async () => {
  const service = createServiceForTests();
  await service.execute({
    language: 'compiled',
    output_limit_kb: 2,
    args: ['--all'],
    test_cases: [{ time_limit: 2 }, { memory_limit: 64, time_limit: 30, args: ['-x', ''] }],
  });
  const [first, second] = service.sandbox.runs;
  assert.deepEqual(first?.command.argv, ['/build/program', `-m${128 * MIB}`, '--all']);
  assert.deepEqual(second?.command.argv, ['/build/program', `-m${64 * MIB}`, '-x', '']);
  assert.deepEqual(first?.limits, {
    cpuTimeMs: 2000,
    wallTimeMs: 5000,
    memoryBytes: (128 + 64) * MIB,
    processes: 64,
    outputBytes: 2048,
    fileSizeBytes: MIB,
    diskBytes: 64 * MIB,
    openFiles: 256,
    stackBytes: 128 * MIB,
    cpuQuota: 0.5,
  });
  assert.equal(second?.limits.wallTimeMs, 30_000);
  assert.equal(second?.limits.memoryBytes, 128 * MIB);
});

test('the workspace gets the root of the version and the files as bytes', async () => {
  const service = createServiceForTests();
  const files = [{ path: 'd/data', content: 'AP8=', encoding: 'base64' as const }];
  await service.execute({ code: 'é', version: '2', files });
  const [opened] = service.sandbox.opened;
  assert.equal(opened?.root.fingerprint, 'script-2.7.18');
  const contents = opened?.files.map(({ path, content }) => [path, [...content]]);
  assert.deepEqual(contents, [
    ['main.sc', [0xc3, 0xa9]],
    ['d/data', [0x00, 0xff]],
  ]);
});

test('a program is compiled once, and its tests run in what was built', async () => {
  const service = createServiceForTests({
    build: () => ({ stderr: 'warning: x', cached: true, cpuTimeMs: 100, wallTimeMs: 200, memoryBytes: MIB }),
    run: ({ stdin }) => ({ stdout: sum(stdin) }),
  });
  const record = await service.execute({ language: 'compiled', test_cases: SUM_TESTS });
  assert.equal(record.status, 'accepted');
  assert.deepEqual(record.compile, {
    status: 'completed',
    exit_code: 0,
    signal: null,
    stdout: '',
    stderr: 'warning: x',
    cpu_time_ms: 100,
    wall_time_ms: 200,
    memory_kb: 1024,
    cached: true,
    message: null,
  });
  assert.equal(record.cpu_time_ms, 1);
  assert.equal(service.sandbox.builds.length, 1);
  assert.deepEqual(service.sandbox.builds[0]?.command.argv, ['/usr/bin/script', '-c', 'Main.cc']);
});

test('a program that does not compile has its tests skipped and runs nothing', async () => {
  const stderr = "/code/Main.cc:1:1: error: 'x' was not declared";
  const service = createServiceForTests({ build: () => ({ exitCode: 1, stderr }) });
  const record = await service.execute({ language: 'compiled', test_cases: SUM_TESTS });
  assert.equal(record.status, 'compilation_error');
  assert.equal(record.compile?.status, 'compilation_error');
  assert.equal(record.compile?.stderr, stderr);
  assert.deepEqual(
    record.results.map(({ status, passed, stdout }) => [status, passed, stdout]),
    [
      ['skipped', false, ''],
      ['skipped', false, ''],
    ],
  );
  assert.deepEqual(record.summary, { total: 2, passed: 0, failed: 0, skipped: 2, score: 0 });
  assert.equal(service.sandbox.runs.length, 0);
});

test('a program without tests that does not compile has no results', async () => {
  const service = createServiceForTests({ build: () => ({ exitCode: 1 }) });
  const record = await service.execute({ language: 'compiled' });
  assert.equal(record.status, 'compilation_error');
  assert.deepEqual(record.results, []);
  assert.deepEqual(record.summary, { total: 0, passed: 0, failed: 0, skipped: 0, score: 0 });
});

for (const [end, message] of [
  [{ limitReached: 'cpu' }, 'The compiler exceeded the CPU time limit of 30 s.'],
  [{ limitReached: 'wall' }, 'The compiler exceeded the wall-clock time limit of 30 s.'],
  [{ outOfMemory: true }, 'The compiler exceeded the memory limit of 512 MB.'],
  [{ limitReached: 'output' }, 'The compiler wrote more than the output limit of 256 KB to stdout.'],
  [{ stderr: 'OutOfMemoryError', exitCode: 3 }, 'The compiler exceeded the memory limit of 512 MB.'],
] as const) {
  test(`a compile past its limits says so: ${message}`, async () => {
    const service = createServiceForTests({ build: () => ({ exitCode: null, signal: 'SIGKILL', ...end }) });
    const record = await service.execute({ language: 'compiled' });
    assert.equal(record.status, 'compilation_error');
    assert.equal(record.compile?.message, message);
    assert.equal(record.compile?.exit_code, null);
  });
}

test('a runtime that says memory ran out is believed', async () => {
  const service = createServiceForTests({
    run: () => ({ exitCode: 1, stderr: 'java.lang.OutOfMemoryError' }),
  });
  const record = await service.execute({ language: 'compiled' });
  assert.equal(record.status, 'memory_limit_exceeded');
  assert.match(record.results[0]?.message ?? '', /128 MB/);
});

test('a hidden test reveals nothing, however it ends', async () => {
  const secret = 'SECRET-7f3a';
  const ends: ScriptedEnd[] = [
    { stdout: secret, stderr: secret },
    { stdout: `${secret} wrong`, stderr: secret },
    { exitCode: 1, stderr: `${secret} No space left on device` },
    { limitReached: 'output', stdout: Buffer.from(`${secret}\xff`, 'latin1'), stdoutTruncated: true },
    { signal: 'SIGSEGV', exitCode: null, stderr: Buffer.from([0xff, ...Buffer.from(secret)]) },
  ];
  const service = createServiceForTests({
    run: ({ stdin }) => {
      const index = Number(stdin.split(' ')[1]);
      if (index === ends.length) throw broken();
      return ends[index] ?? {};
    },
  });
  const record = await service.execute({
    test_cases: [...ends, null].map((_end, index) => ({
      input: `${secret} ${index}`,
      expected_output: secret,
      is_hidden: true,
    })),
  });
  assert.deepEqual(
    record.results.map(({ status }) => status),
    ['accepted', 'wrong_answer', 'runtime_error', 'output_limit_exceeded', 'runtime_error', 'internal_error'],
  );
  const bytes = Buffer.from(secret).toString('base64').slice(0, 10);
  const everything = JSON.stringify([
    record,
    presentResult(record, 'utf8'),
    presentResult(record, 'base64'),
    service.events,
    service.logged,
  ]);
  assert.ok(!everything.includes(secret));
  assert.ok(!everything.includes(bytes));
  for (const result of record.results) {
    const { input, expected_output, stdout, stderr, message } = result;
    assert.deepEqual([input, expected_output, stdout, stderr, message], [null, null, null, null, null]);
  }
});

test('skipped and cancelled hidden tests reveal nothing either', async () => {
  const service = createServiceForTests({ build: () => ({ exitCode: 1 }) });
  const test_cases = [{ input: 'SECRET', expected_output: 'SECRET', is_hidden: true }];
  const skipped = await service.execute({ language: 'compiled', test_cases });
  const cancelled = await service.execute({ test_cases }, AbortSignal.abort());
  assert.equal(cancelled.status, 'cancelled');
  assert.ok(!JSON.stringify([skipped, cancelled, service.events]).includes('SECRET'));
});

test('output that is not UTF-8 is text, and exact bytes for those who ask', async () => {
  const bytes = Buffer.from([0x35, 0xff, 0x0a]);
  const service = createServiceForTests({ run: () => ({ stdout: bytes, stderr: 'é' }) });
  const record = await service.execute({});
  const text = presentResult(record, 'utf8').results[0];
  assert.equal(text?.stdout, '5\ufffd\n');
  const exact = presentResult(record, 'base64').results[0];
  assert.equal(exact?.stdout, bytes.toString('base64'));
  assert.equal(exact?.stderr, Buffer.from('é').toString('base64'));
});

/** More than is judged at once. */
const LARGE = 'x'.repeat(100_000);

test('a large output is judged by a thread while its slot is held, a small one without any', async () => {
  const judged: number[] = [];
  const service = createServiceForTests(
    { slots: 1, run: ({ stdin }) => ({ stdout: stdin }) },
    {
      judges: {
        judge: async (task) => {
          assert.equal(service.scheduler.state().held, 1);
          judged.push(task.stdout.length);
          return judge(task);
        },
      },
    },
  );
  const test_cases = [
    { input: LARGE, expected_output: LARGE },
    { input: 'small', expected_output: 'small' },
    { input: `${LARGE}y`, expected_output: LARGE },
  ];
  const record = await service.execute({ test_cases });
  assert.deepEqual(
    record.results.map(({ status }) => status),
    ['accepted', 'accepted', 'wrong_answer'],
  );
  assert.deepEqual(judged, [100_000, 100_001]);
});

test('a failure to judge is ours, and is in the log', async () => {
  const failure = new JudgeError('the thread that judges outputs ended');
  const judges = { judge: () => Promise.reject(failure) };
  const service = createServiceForTests({ run: ({ stdin }) => ({ stdout: stdin }) }, { judges });
  const test_cases = [
    { input: LARGE, expected_output: LARGE },
    { input: 'small', expected_output: 'small' },
  ];
  const record = await service.execute({ test_cases });
  assert.deepEqual(
    record.results.map(({ status, passed }) => [status, passed]),
    [
      ['internal_error', false],
      ['accepted', true],
    ],
  );
  assert.match(record.results[0]?.message ?? '', /The program is not at fault/);
  assert.deepEqual(
    service.logged.map(({ message }) => message),
    ['a test could not be judged'],
  );
});

test('an execution that is cancelled while a large output is judged ends as cancelled', async () => {
  const controller = new AbortController();
  const service = createServiceForTests(
    { run: () => ({ stdout: LARGE }) },
    {
      judges: {
        judge: async (_task, signal) => {
          controller.abort();
          signal.throwIfAborted();
          assert.fail('the judgement was not cancelled');
        },
      },
    },
  );
  const record = await service.execute({ test_cases: [{ expected_output: 'x' }] }, controller.signal);
  assert.deepEqual([record.status, record.results[0]?.status], ['cancelled', 'cancelled']);
  assert.deepEqual(service.logged, []);
});

test('of a hidden test no output is kept, however it ends', async () => {
  const service = createServiceForTests(
    { run: () => ({ stdout: LARGE, stderr: LARGE, exitCode: 1 }) },
    { judges: { judge: () => assert.fail('there is nothing to judge') } },
  );
  const record = await service.execute({ test_cases: [{ is_hidden: true, expected_output: 'x' }] });
  const [result] = record.results;
  assert.deepEqual(
    [result?.status, result?.stdout, result?.stderr, result?.stdout_truncated, result?.stderr_truncated],
    ['runtime_error', null, null, false, false],
  );
});

test('of many long outputs an answer shows the beginning, and the verdict reads all', async () => {
  const long = `${'x'.repeat(250_000)}y`;
  const service = createServiceForTests({
    run: ({ stdin }) => ({ stdout: stdin ? long : 'short', stderr: long }),
  });
  const test_cases = Array.from({ length: 100 }, (_, index) => ({ input: index === 0 ? '' : '1' }));
  const record = await service.execute({
    test_cases: test_cases.map((each) => ({ ...each, expected_output: each.input ? long : 'short' })),
  });
  assert.equal(record.status, 'accepted');
  const [first, second] = record.results;
  assert.equal(first?.stdout, 'short');
  assert.equal(first?.stdout_truncated, false);
  assert.equal(first?.stderr_truncated, true);
  assert.equal(second?.stdout_truncated, true);
  assert.equal(presentResult(record, 'utf8').results[1]?.stdout?.length, Math.floor((32 * MIB) / 200));
});

test('results and events keep the order of the tests, however they ran', async () => {
  const run = fc.asyncProperty(
    fc.integer({ min: 1, max: 4 }),
    fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 1, maxLength: 12 }),
    async (slots, delays) => {
      const service = createServiceForTests({
        slots,
        run: async ({ stdin }) => {
          await sleep(delays[Number(stdin)]);
          return { stdout: stdin };
        },
      });
      const test_cases = delays.map((_delay, index) => ({
        input: String(index),
        expected_output: String(index),
      }));
      const record = await service.execute({ test_cases });
      assert.deepEqual(
        record.results.map(({ stdout }) => stdout),
        test_cases.map(({ input }) => input),
      );
      assert.equal(record.status, 'accepted');
      const reported = service.events.flatMap((event) => (event.type === 'test' ? [event.test] : []));
      assert.deepEqual(reported, record.results);
      assert.equal(service.sandbox.counts.mostBoxes, Math.min(slots, delays.length));
      assert.deepEqual(
        service.sandbox.runs.map(({ stdin }) => stdin),
        test_cases.map(({ input }) => input),
      );
    },
  );
  await fc.assert(run, { numRuns: 30 });
});

test('with stop_on_failure everything after the first failure in order is skipped, whatever ran', async () => {
  const plan = fc.record({ fails: fc.boolean(), delay: fc.nat(4), isHidden: fc.boolean() });
  const failure = fc.array(plan, {
    minLength: 1,
    maxLength: 10,
  });
  const run = fc.asyncProperty(fc.integer({ min: 1, max: 4 }), failure, async (slots, plans) => {
    const service = createServiceForTests({
      slots,
      run: async ({ stdin, signal }) => {
        const plan = plans[Number(stdin)];
        const end = sleep(plan?.delay, { exitCode: plan?.fails ? 1 : 0 });
        return Promise.race([end, untilAborted(signal)]);
      },
    });
    const test_cases = plans.map(({ isHidden }, index) => ({ input: String(index), is_hidden: isHidden }));
    const record = await service.execute({ test_cases, stop_on_failure: true });
    const first = plans.findIndex(({ fails }) => fails);
    const expected = plans.map((_plan, index) => {
      if (first === -1 || index < first) return 'accepted';
      return index === first ? 'runtime_error' : 'skipped';
    });
    assert.deepEqual(
      record.results.map(({ status }) => status),
      expected,
    );
    const reported = service.events.flatMap((event) => (event.type === 'test' ? [event.test] : []));
    assert.deepEqual(reported, record.results);
    assert.deepEqual(service.scheduler.state(), { slots, held: 0, waiting: 0 });
    assert.equal(service.sandbox.counts.open, 0);
  });
  await fc.assert(run, { numRuns: 50 });
});

test('shown tests run first, and no hidden one starts before all of them have ended', async () => {
  const plans = fc.array(fc.record({ isHidden: fc.boolean(), delay: fc.nat(4) }), {
    minLength: 2,
    maxLength: 12,
  });
  const run = fc.asyncProperty(fc.integer({ min: 1, max: 4 }), plans, async (slots, tests) => {
    const started: number[] = [];
    let shownLeft = tests.filter(({ isHidden }) => !isHidden).length;
    const service = createServiceForTests({
      slots,
      run: async ({ stdin }) => {
        const plan = tests[Number(stdin)];
        started.push(Number(stdin));
        if (plan?.isHidden) assert.equal(shownLeft, 0, 'a shown test has not ended yet');
        await sleep(plan?.delay);
        if (!plan?.isHidden) shownLeft -= 1;
        return {};
      },
    });
    const test_cases = tests.map(({ isHidden }, index) => ({ input: String(index), is_hidden: isHidden }));
    const record = await service.execute({ test_cases });
    const indices = [...tests.keys()];
    const order = [
      ...indices.filter((i) => !tests[i]?.isHidden),
      ...indices.filter((i) => tests[i]?.isHidden),
    ];
    assert.deepEqual(started, order);
    assert.deepEqual(
      record.results.map(({ index }) => index),
      indices,
    );
    const kinds = service.events.map((event) => (event.type === 'status' ? event.status : event.type));
    assert.deepEqual(kinds, ['running', ...tests.map(() => 'test')]);
  });
  await fc.assert(run, { numRuns: 30 });
});

test('a failure stops what runs after it, and nothing more starts', async () => {
  const service = createServiceForTests({
    slots: 2,
    run: async ({ stdin, signal }) => {
      if (stdin !== '0') return untilAborted(signal);
      await sleep(5);
      return { exitCode: 1 };
    },
  });
  const test_cases = Array.from({ length: 10 }, (_, index) => ({ input: String(index) }));
  const record = await service.execute({ test_cases, stop_on_failure: true });
  assert.equal(record.status, 'runtime_error');
  assert.deepEqual(record.summary, { total: 10, passed: 0, failed: 1, skipped: 9, score: 0 });
  assert.equal(service.sandbox.runs.length, 2);
});

test('an aborted signal cancels what runs and what waits, and keeps what has ended', async () => {
  const controller = new AbortController();
  const service = createServiceForTests({
    slots: 1,
    run: ({ stdin, signal }) => {
      if (stdin === '0') return { stdout: 'done' };
      setImmediate(() => controller.abort());
      return untilAborted(signal);
    },
  });
  const test_cases = ['0', '1', '2'].map((input) => ({ input }));
  const record = await service.execute({ test_cases, stop_on_failure: true }, controller.signal);
  assert.equal(record.status, 'cancelled');
  assert.deepEqual(
    record.results.map(({ status }) => status),
    ['accepted', 'cancelled', 'cancelled'],
  );
  assert.deepEqual(record.summary, { total: 3, passed: 1, failed: 2, skipped: 0, score: 1 / 3 });
  assert.deepEqual(service.scheduler.state(), { slots: 1, held: 0, waiting: 0 });
  assert.equal(service.sandbox.counts.open, 0);
});

test('an execution can be cancelled before it began, while it waits for a slot, and while it compiles', async () => {
  const service = createServiceForTests({ slots: 1, build: ({ signal }) => untilAborted(signal) });
  const request: Partial<ExecuteRequest> = { language: 'compiled', test_cases: SUM_TESTS };
  const before = await service.execute(request, AbortSignal.abort());
  assert.equal(service.sandbox.opened.length, 0);
  const compiling = new AbortController();
  const waiting = new AbortController();
  const ends = [service.execute(request, compiling.signal), service.execute(request, waiting.signal)];
  while (service.scheduler.state().waiting === 0) await sleep(1);
  waiting.abort();
  compiling.abort();
  for (const record of [before, ...(await Promise.all(ends))]) {
    assert.equal(record.status, 'cancelled');
    assert.equal(record.compile, null);
    assert.deepEqual(
      record.results.map(({ status }) => status),
      ['cancelled', 'cancelled'],
    );
  }
  assert.equal(service.sandbox.builds.length, 1);
});

test('what the sandbox fails at once is tried again, and the program never knows', async () => {
  let runs = 0;
  const service = createServiceForTests({
    open: (attempt) => {
      if (attempt === 1) throw flaky();
    },
    build: (_run, attempt) => {
      if (attempt === 1) throw flaky();
      return {};
    },
    run: () => {
      runs += 1;
      if (runs === 1) throw flaky();
      return { stdout: 'ok' };
    },
  });
  const record = await service.execute({ language: 'compiled' });
  assert.equal(record.status, 'completed');
  assert.equal(service.logged.length, 3);
});

test('a test that the sandbox fails at twice is an internal error, and the others are judged', async () => {
  const service = createServiceForTests({
    run: ({ stdin }) => {
      if (stdin === '1 2') throw flaky();
      return { stdout: sum(stdin) };
    },
  });
  const record = await service.execute({ test_cases: SUM_TESTS });
  assert.equal(record.status, 'internal_error');
  assert.deepEqual(
    record.results.map(({ status }) => status),
    ['internal_error', 'accepted'],
  );
  assert.doesNotMatch(JSON.stringify(record), /the box did not start/);
  const { err } = (service.logged.at(-1)?.details ?? {}) as { err?: Error };
  assert.match(String(err), /the box did not start/);
  assert.equal(service.sandbox.runs.filter(({ stdin }) => stdin === '1 2').length, 2);
});

test('a machine that is too busy for a program twice is no fault of the program', async () => {
  const service = createServiceForTests({ run: () => Promise.reject(busy()) });
  const record = await service.execute({});
  assert.equal(record.status, 'internal_error');
  assert.match(record.results[0]?.message ?? '', /the machine is too busy\. The program is not at fault/);
  assert.equal(service.sandbox.runs.length, 2);
});

test('a machine that is too busy for a compiler twice makes the service unavailable', async () => {
  const service = createServiceForTests({ build: () => Promise.reject(busy()) });
  const refused = service.execute({ language: 'compiled' });
  await assert.rejects(refused, { code: 'unavailable', message: /too busy to compile/ });
  assert.equal(service.sandbox.builds.length, 2);
});

for (const [place, script] of [
  ['open', { open: () => Promise.reject(broken()) }],
  ['open', { open: () => Promise.reject(flaky()) }],
  ['build', { build: () => Promise.reject(broken()) }],
  ['build', { build: () => Promise.reject(flaky()) }],
  ['end a build that nobody cancelled', { build: () => CANCELLED }],
] as const) {
  test(`a sandbox that fails to ${place} for good makes the service unavailable`, async () => {
    const service = createServiceForTests(script);
    await assert.rejects(service.execute({ language: 'compiled' }), (error: ServiceError) => {
      assert.ok(error instanceof ServiceError);
      assert.equal(error.code, 'unavailable');
      assert.ok((error.retryAfterSeconds ?? 0) > 0);
      assert.ok(error.cause instanceof SandboxError);
      return true;
    });
    assert.deepEqual(service.scheduler.state(), { slots: 2, held: 0, waiting: 0 });
    assert.equal(service.sandbox.counts.open, 0);
  });
}

test('a bug of the service in one test ends the others before it is thrown', async () => {
  const service = createServiceForTests({
    run: async ({ stdin, signal }) => {
      if (stdin !== '1 2') return untilAborted(signal);
      await sleep(5);
      throw new TypeError('a mistake');
    },
  });
  await assert.rejects(service.execute({ test_cases: SUM_TESTS }), /a mistake/);
  assert.deepEqual(service.scheduler.state(), { slots: 2, held: 0, waiting: 0 });
  assert.equal(service.sandbox.counts.open, 0);
});

test('a task whose toolchain is gone by its turn is unavailable', async () => {
  const service = createServiceForTests();
  const task = await service.accept({ language: 'script', code: 'x' });
  const late = { ...task, version: toolchain('script', '1.0').version };
  await assert.rejects(service.executeTask(late, new AbortController().signal), { code: 'unavailable' });
});

test('events report each step: compiling, the compile, running, the tests', async () => {
  const service = createServiceForTests();
  await service.execute({ language: 'compiled', test_cases: [{}] });
  assert.deepEqual(
    service.events.map((event) => (event.type === 'status' ? event.status : event.type)),
    ['compiling', 'compile', 'running', 'test'],
  );
});

/** A large execution on one slot; at its fifth test another one comes. How many tests of it ran before that one's? */
async function testsBefore(large: Partial<ExecuteRequest>, other: Partial<ExecuteRequest>) {
  let otherEnds: Promise<unknown> | null = null;
  const order: string[] = [];
  const service = createServiceForTests({
    slots: 1,
    run: async ({ stdin }) => {
      order.push(stdin);
      if (order.length === 5) otherEnds = service.execute({ ...other, stdin: 'other' });
      await sleep(1);
      return {};
    },
  });
  const test_cases = Array.from({ length: 40 }, () => ({ input: 'large' }));
  await service.execute({ ...large, test_cases });
  await otherEnds;
  return order.lastIndexOf('other');
}

test('a small execution does not wait for all of a large one that came first', async () => {
  assert.ok((await testsBefore({}, {})) <= 8);
});

test('an execution of high priority gets more slots than one of low priority that came first', async () => {
  const test_cases = Array.from({ length: 20 }, () => ({ input: 'other' }));
  const low = await testsBefore({ priority: 'low' }, { priority: 'high', test_cases });
  const high = await testsBefore({ priority: 'high' }, { priority: 'low', test_cases });
  assert.ok(low <= 35, `20 tests of high priority were done after ${low}`);
  assert.ok(high >= 50, `20 tests of low priority were done after ${high}`);
});

test('the time before the first slot is reported as queue time', async () => {
  const began = Promise.withResolvers<void>();
  const release = Promise.withResolvers<void>();
  const service = createServiceForTests({
    slots: 1,
    run: async () => {
      began.resolve();
      await release.promise;
      return {};
    },
  });
  const first = service.execute({});
  const second = service.execute({});
  await began.promise;
  await sleep(30);
  release.resolve();
  const waited = await second;
  assert.ok(waited.queue_time_ms >= 25, String(waited.queue_time_ms));
  assert.ok(waited.total_time_ms >= waited.queue_time_ms);
  assert.ok((await first).queue_time_ms < waited.queue_time_ms);
});

test('a box that says it was cancelled without being asked is not a verdict on the program', async () => {
  const service = createServiceForTests({ run: () => CANCELLED });
  const record = await service.execute({});
  assert.equal(record.status, 'cancelled');
});
