// What clients of Jobe's API, above all Moodle's CodeRunner, send and get.

import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite, type TestContext, test } from 'node:test';
import { ServiceError } from '../../errors.ts';
import { dialectServer, ENDS, type EndName, type ProgramEnd, post } from './dialect-fixture.ts';

const BASE = '/jobe/index.php/restapi';
const SPEC = { language_id: 'python3', sourcecode: 'print(1)', sourcefilename: '__tester__.python3' };

async function jobeServer(t: TestContext, end: ProgramEnd = {}, environment: Record<string, string> = {}) {
  const data = await mkdtemp(join(tmpdir(), 'jobe-test-'));
  t.after(() => rm(data, { recursive: true, force: true }));
  const { server, seen } = await dialectServer(t, end, { DATA_DIR: data, ...environment });
  const run = (spec: object) => post(server, `${BASE}/runs/`, { run_spec: spec });
  const put = (id: string, body: unknown) =>
    server.inject({
      method: 'PUT',
      url: `${BASE}/files/${id}`,
      headers: { 'content-type': 'application/json' },
      payload: JSON.stringify(body),
    });
  return { server, seen, run, put };
}

suite('an end of a program as an outcome of Jobe', () => {
  const ends: [end: EndName, outcome: number][] = [
    ['well', 15],
    ['exit', 12],
    ['signal', 12],
    ['cpu', 13],
    ['wall', 13],
    ['output', 13],
    ['memory', 17],
    ['security', 19],
    ['ours', 20],
  ];
  for (const [end, outcome] of ends) {
    test(end, async (t) => {
      const { run } = await jobeServer(t, ENDS[end]);
      const answer = await run(SPEC);
      assert.equal(answer.statusCode, 200);
      assert.deepEqual(
        [answer.json().outcome, answer.json().cmpinfo, answer.json().run_id],
        [outcome, '', null],
      );
    });
  }

  const others: [what: string, end: ProgramEnd, language: string, expected: object][] = [
    [
      'an exit code alone',
      { run: { status: 'runtime_error', exit_code: 3, stdout: 'a' } },
      'c',
      { outcome: 15, stdout: 'a' },
    ],
    ['words in stderr', { run: { stderr: 'x' } }, 'c', { outcome: 12, stderr: 'x' }],
    ['a failed compile', ENDS.compile, 'cpp', { outcome: 11, cmpinfo: 'no ;\n', stderr: '' }],
    ['a warning', { compile: { output: 'unused\n' } }, 'c', { outcome: 11, cmpinfo: 'unused\n' }],
    [
      'a remark of Java',
      { compile: { output: 'Note: A.java uses unchecked\n' } },
      'java',
      { outcome: 15, cmpinfo: '' },
    ],
    ['a syntax error in JavaScript', ENDS.compile, 'nodejs', { outcome: 12, stderr: 'no ;\n', cmpinfo: '' }],
    [
      'a syntax error in Python',
      {
        run: {
          status: 'runtime_error',
          exit_code: 1,
          stderr: '  File "x", line 1\n    (\n    ^\nSyntaxError: no\n',
        },
      },
      'python3',
      { outcome: 11, cmpinfo: '  File "x", line 1\n    (\n    ^\nSyntaxError: no\n', stderr: '' },
    ],
    [
      'an error of exec in Python',
      {
        run: {
          status: 'runtime_error',
          exit_code: 1,
          stderr: 'Traceback (most recent call last):\n  File "x"\nSyntaxError: no\n',
        },
      },
      'python3',
      { outcome: 12, cmpinfo: '' },
    ],
  ];
  for (const [what, end, language_id, expected] of others) {
    test(what, async (t) => {
      const { run } = await jobeServer(t, end);
      const answer = (await run({ ...SPEC, language_id })).json();
      assert.deepEqual({ ...answer, ...expected }, answer);
    });
  }

  test('bytes that are no text are written as escapes', async (t) => {
    const { run } = await jobeServer(t, { run: { stdout: Buffer.of(1, 6, 0xc0, 0xc9, 0x41, 0x0a) } });
    assert.equal((await run(SPEC)).json().stdout, '\\x01\\x06\\xc0\\xc9A\n');
  });

  test('a service without room asks to try again', async (t) => {
    for (const code of ['queue_full', 'shutting_down', 'unavailable'] as const) {
      const { run } = await jobeServer(t, { error: new ServiceError(code, 'later') });
      const answer = await run(SPEC);
      assert.deepEqual([answer.statusCode, answer.json().outcome], [200, 21]);
    }
    const { run } = await jobeServer(t);
    assert.equal((await run({ ...SPEC, language_id: 'go' })).json().outcome, 21);
  });
});

suite('a run', () => {
  test('becomes a submission; arguments are split as a shell would', async (t) => {
    const { run, seen } = await jobeServer(t);
    const parameters = { cputime: '7', memorylimit: 0, streamsize: 1, runargs: ['-a "b c"', 'd'] };
    const choices = { numprocs: 9, disklimit: 1, interpreterargs: ['-W "a b"'] };
    await run({ ...SPEC, language_id: 'PYTHON3', input: 'in\n', parameters: { ...parameters, ...choices } });
    assert.deepEqual(seen.submission, {
      language: 'python',
      files: [{ path: '__tester__.python3', content: 'print(1)' }],
      stdin: 'in\n',
      args: ['-a', 'b c', 'd'],
      time_limit: 7,
      memory_limit: 400,
      output_limit_kb: 1024,
    });
    assert.deepEqual(seen.context?.runChoices, {
      fileSizeBytes: 1_048_576,
      processes: 9,
      interpreterArguments: ['-W', 'a b'],
    });
    const refused = await run({ ...SPEC, parameters: { interpreterargs: ['\0'] } });
    assert.match(refused.json(), /^interpreterargs must have at most 8192 bytes/);
  });

  test('has its Java file named after the class', async (t) => {
    const { run, seen } = await jobeServer(t);
    await run({ language_id: 'java', sourcecode: 'class A {}', sourcefilename: 'prog.java' });
    assert.deepEqual([seen.submission?.code, seen.submission?.files], ['class A {}', []]);
  });

  test('finds files that were uploaded, and only those of its client', async (t) => {
    const { server, run, put, seen } = await jobeServer(t);
    const spec = { ...SPEC, file_list: [['0123456789abcdef', 'data.txt']] };
    const missing = await run(spec);
    assert.equal(missing.statusCode, 404);
    assert.equal(missing.json(), 'One or more of the specified files is missing/unavailable');
    const uploaded = await put('0123456789abcdef', { file_contents: 'aGk=' });
    assert.deepEqual([uploaded.statusCode, uploaded.body], [204, '']);
    const exists = (id: string) => server.inject({ method: 'HEAD', url: `${BASE}/files/${id}` });
    assert.equal((await exists('0123456789abcdef')).statusCode, 204);
    assert.equal((await exists('0123456789abcdee')).statusCode, 404);
    assert.equal((await server.inject(`${BASE}/files/0123456789abcdef`)).statusCode, 405);
    await run(spec);
    assert.deepEqual(seen.submission?.files?.[1], { path: 'data.txt', content: 'aGk=', encoding: 'base64' });
    const other = await server.inject({
      method: 'HEAD',
      url: `${BASE}/files/0123456789abcdef`,
      remoteAddress: '192.0.2.7',
    });
    assert.equal(other.statusCode, 404);
  });

  const refused: [spec: object | null, status: number, message: string][] = [
    [null, 400, 'No run_spec attribute found in post data'],
    [{ language_id: 'c' }, 400, "run_spec is missing the required attribute 'sourcecode'"],
    [{ sourcecode: 'x' }, 400, "run_spec is missing the required attribute 'language_id'"],
    [{ ...SPEC, language_id: 'pascal' }, 400, "Language 'pascal' is not known"],
    [
      { ...SPEC, parameters: { cputime: 31 } },
      400,
      'cputime exceeds maximum allowed on this Jobe server (30 secs)',
    ],
    [{ ...SPEC, sourcefilename: '../x' }, 400, 'The sourcefilename for the run_spec is illegal'],
    [{ ...SPEC, file_list: [['short', 'x']] }, 400, 'Invalid file specifier: ["short","x"]'],
    [{ ...SPEC, file_list: [['0123456789', '..']] }, 400, 'Invalid file specifier: ["0123456789",".."]'],
  ];
  for (const [spec, status, message] of refused) {
    test(`gets the error: ${message}`, async (t) => {
      const { server } = await jobeServer(t);
      const answer = await post(server, `${BASE}/runs`, spec === null ? {} : { run_spec: spec });
      assert.deepEqual([answer.statusCode, answer.json()], [status, message]);
    });
  }

  test('without JSON or without a key is refused in Jobe’s words', async (t) => {
    const { server, put } = await jobeServer(t);
    assert.equal((await post(server, `${BASE}/runs`, '{')).json(), 'Non-JSON post data received');
    const form = await post(server, `${BASE}/runs`, 'a=b', {
      'content-type': 'application/x-www-form-urlencoded',
    });
    assert.deepEqual([form.statusCode, form.json()], [400, 'Non-JSON post data received']);
    assert.equal((await put('0123456789', {})).json(), 'put: missing file_contents parameter');
    assert.match((await put('0123456789', { file_contents: '?' })).json(), /are not valid base-64$/);
    assert.equal((await put('0123456789', { file_contents: 'A'.repeat(2 ** 21) })).statusCode, 413);
    const locked = await jobeServer(t, {}, { API_KEYS: 'a-key-of-some-length' });
    assert.equal((await locked.run(SPEC)).statusCode, 403);
  });
});

test('Jobe lists its languages in order', async (t) => {
  const { server } = await jobeServer(t);
  assert.deepEqual((await server.inject(`${BASE}/languages`)).json(), [
    ['c', '12.2.0'],
    ['cpp', '12.2.0'],
    ['java', '17.0.15'],
    ['nodejs', '20.20.2'],
    ['python3', '3.11.2'],
  ]);
});
