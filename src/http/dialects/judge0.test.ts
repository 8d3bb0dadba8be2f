// What clients of Judge0's API send and get.

import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { ServiceError } from '../../errors.ts';
import { dialectServer, ENDS, type EndName, type ProgramEnd, post } from './dialect-fixture.ts';

const URL = '/submissions?wait=true';
const PROGRAM = { language_id: 71, source_code: 'print(1)' };
const base64 = (text: string) => Buffer.from(text).toString('base64');

suite('an end of a program as a status of Judge0', () => {
  const accepted = { run: { status: 'accepted', stdout: '1\n' } } as const;
  const ends: [end: EndName, status: number, message: RegExp | null][] = [
    ['exit', 11, /^Exited with error status 3$/],
    ['signal', 7, /^Caught fatal signal 11$/],
    ['cpu', 5, /^Time limit exceeded$/],
    ['wall', 5, /^Time limit exceeded \(wall clock\)$/],
    ['output', 8, /^Caught fatal signal 25$/],
    ['memory', 12, /memory limit/],
    ['security', 12, /forbidden/],
    ['ours', 13, /the machine failed/],
  ];
  const cases: [what: string, end: ProgramEnd, status: number, message: RegExp | null][] = [
    ['well', accepted, 3, null],
    ['wrong', { run: { status: 'wrong_answer', passed: false } }, 4, null],
    ...ends.map(([end, status, message]): [string, ProgramEnd, number, RegExp | null] => [
      end,
      { run: { passed: false, ...(ENDS[end] as ProgramEnd).run } },
      status,
      message,
    ]),
  ];
  for (const [what, end, status, message] of cases) {
    test(what, async (t) => {
      const { server } = await dialectServer(t, end);
      const answer = await post(server, URL, PROGRAM);
      assert.equal(answer.statusCode, 201);
      const submission = answer.json();
      assert.equal(submission.status.id, status);
      if (message) assert.match(submission.message, message);
      else assert.equal(submission.message, null);
      assert.deepEqual(
        [submission.time, submission.memory],
        what === 'ours' ? [null, null] : ['0.011', 9120],
      );
      assert.deepEqual(Object.keys(submission).sort(), [
        'compile_output',
        'memory',
        'message',
        'status',
        'stderr',
        'stdout',
        'time',
        'token',
      ]);
      assert.match(submission.token, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    });
  }

  test('a failed compile has its text and nothing else', async (t) => {
    const { server } = await dialectServer(t, ENDS.compile);
    const { status, token, ...rest } = (await post(server, URL, { ...PROGRAM, language_id: '54' })).json();
    assert.deepEqual([status, typeof token], [{ id: 6, description: 'Compilation Error' }, 'string']);
    assert.deepEqual(rest, {
      stdout: null,
      time: null,
      memory: null,
      stderr: null,
      compile_output: 'no ;\n',
      message: null,
    });
  });

  test('a syntax error of an interpreted language is a failed run', async (t) => {
    const { server } = await dialectServer(t, ENDS.compile);
    const { status, stderr, compile_output } = (await post(server, URL, PROGRAM)).json();
    assert.deepEqual([status.id, stderr, compile_output], [11, 'no ;\n', null]);
  });

  test('streams may be together, and as Base64 in lines of 60', async (t) => {
    const { server } = await dialectServer(t, {
      run: { status: 'accepted', stdout: 'a'.repeat(45), stderr: 'b' },
    });
    const query = `${URL}&base64_encoded=true&fields=stdout,stderr`;
    const source_code = base64('print(1)');
    const { stdout, stderr } = (
      await post(server, query, { ...PROGRAM, source_code, redirect_stderr_to_stdout: true })
    ).json();
    assert.equal(stderr, null);
    assert.equal(stdout, `${base64('a'.repeat(45))}\n${base64('b')}\n`);
  });
});

test('Bytes that are no text are refused, unless they may be Base64', async (t) => {
  const { server } = await dialectServer(t, { run: { status: 'accepted', stdout: Buffer.of(0xff) } });
  const answer = await post(server, URL, PROGRAM);
  assert.equal(answer.statusCode, 201);
  assert.match(answer.json().error, /^some attributes for this submission cannot be converted to UTF-8/);
  const source_code = base64('print(1)');
  const encoded = await post(server, `${URL}&base64_encoded=true`, { ...PROGRAM, source_code });
  assert.equal(encoded.json().stdout, '/w==\n');
});

suite('a submission to Judge0', () => {
  test('becomes a submission here, with tests for its runs', async (t) => {
    const { server, seen } = await dialectServer(t);
    await post(server, `/judge0/submissions/?wait=true&base64_encoded=true`, {
      language_id: '71',
      source_code: `${base64('print(1)')}\n`,
      stdin: base64('in'),
      expected_output: base64('out'),
      number_of_runs: '2',
      cpu_time_limit: 2.5,
      memory_limit: 2048,
      command_line_arguments: `a 'b c'`,
      unknown: 1,
    });
    const one = { input: base64('in'), expected_output: base64('out'), encoding: 'base64' };
    assert.deepEqual(seen.submission, {
      language: 'python',
      code: 'print(1)',
      compile_options: [],
      args: ['a', 'b c'],
      test_cases: [one, one],
      stop_on_failure: true,
      time_limit: 2.5,
      memory_limit: 32,
    });
  });

  test('may be a form', async (t) => {
    const { server, seen } = await dialectServer(t);
    const form = { 'content-type': 'application/x-www-form-urlencoded' };
    const answer = await post(server, URL, 'language_id=71&source_code=print%281%29', form);
    assert.deepEqual([answer.statusCode, seen.submission?.code], [201, 'print(1)']);
  });

  test('gets everything that is wrong with it', async (t) => {
    const { server } = await dialectServer(t);
    const wrong = {
      language_id: 43,
      cpu_time_limit: 16,
      wall_time_limit: 0.5,
      memory_limit: 'much',
      enable_network: true,
      number_of_runs: 0,
    };
    const answer = await post(server, URL, wrong);
    assert.equal(answer.statusCode, 422);
    assert.deepEqual(answer.json(), {
      source_code: ["can't be blank"],
      language_id: ["language with id 43 doesn't exist"],
      cpu_time_limit: ['must be less than or equal to 15'],
      wall_time_limit: ['must be greater than or equal to 1'],
      memory_limit: ['is not a number'],
      enable_network: ['enabling network is not allowed'],
    });
    assert.deepEqual((await post(server, URL, {})).json().language_id, ["can't be blank"]);
  });

  test('has the fields that its client wants, with their types', async (t) => {
    const { server } = await dialectServer(t, { run: { status: 'accepted' } });
    const all = (await post(server, `${URL}&fields=*`, PROGRAM)).json();
    assert.equal(Object.keys(all).length, 35);
    assert.deepEqual(
      [all.cpu_time_limit, all.memory_limit, all.exit_code, all.stdin],
      ['5.0', 128_000, 0, null],
    );
    assert.match(all.created_at, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    assert.deepEqual(all.language, { id: 71, name: 'PYTHON (3.11.2)' });
    const some = await post(server, `${URL}&fields=x,stdout,y`, PROGRAM);
    assert.deepEqual([some.statusCode, some.json()], [400, { error: 'invalid fields: [x, y]' }]);
  });

  test('is refused in Judge0’s way', async (t) => {
    const { server } = await dialectServer(t, { error: new ServiceError('queue_full', 'full') });
    const full = await post(server, URL, PROGRAM);
    assert.deepEqual([full.statusCode, full.json()], [503, { error: 'queue is full' }]);
    assert.equal((await post(server, URL, { ...PROGRAM, language_id: 60 })).statusCode, 503);
    assert.equal((await server.inject('/submissions')).statusCode, 403);
    const locked = await dialectServer(
      t,
      {},
      { API_KEYS: 'a-key-of-some-length', ADMIN_API_KEY: 'another-long-key' },
    );
    const refused = await post(locked.server, URL, PROGRAM);
    assert.deepEqual([refused.statusCode, refused.body], [401, '']);
    for (const [url, status] of [
      ['/authenticate', 401],
      ['/authenticate?X-Auth-Token=a-key-of-some-length', 200],
      ['/authorize', 403],
      ['/authorize?X-Auth-Token=a-key-of-some-length', 403],
      ['/authorize?X-Auth-Token=another-long-key', 200],
    ] as const) {
      const answer = await locked.server.inject({ method: 'POST', url });
      assert.deepEqual([answer.statusCode, answer.body], [status, ''], url);
    }
    const both = { 'x-auth-token': 'a-key-of-some-length', 'x-auth-user': 'another-long-key' };
    for (const url of ['/authenticate', '/authorize'])
      assert.equal((await locked.server.inject({ method: 'POST', url, headers: both })).statusCode, 200, url);
    const user = { 'x-auth-user': 'another-long-key' };
    const alone = await locked.server.inject({ method: 'POST', url: '/authenticate', headers: user });
    assert.equal(alone.statusCode, 401);
  });
});

test('Judge0 describes itself', async (t) => {
  const { server } = await dialectServer(t);
  const get = async (url: string) => (await server.inject(url)).json();
  const languages: { id: number; name: string }[] = await get('/languages');
  assert.deepEqual(languages[0], { id: 71, name: 'PYTHON (3.11.2)' });
  assert.deepEqual(
    languages.map(({ id }) => id).filter((id) => [60, 73, 43].includes(id)),
    [],
  );
  assert.equal((await get('/statuses')).length, 14);
  assert.deepEqual(Object.keys(await get('/about')), ['version', 'homepage', 'source_code', 'maintainer']);
  const config = await get('/config_info');
  assert.deepEqual(
    [config.max_wall_time_limit, config.max_max_file_size, config.max_number_of_runs],
    [20, 4096, 20],
  );
  assert.equal(Object.keys(config).length, 39);
  const one = await get('/languages/62');
  assert.deepEqual([one.source_file, one.is_archived], ['Main.java', false]);
  const unknown = await server.inject('/languages/5');
  assert.deepEqual([unknown.statusCode, unknown.json()], [404, { status: 404, error: 'Not Found' }]);
});

test('A submission that was waited for can be read again, by its client only', async (t) => {
  const { server } = await dialectServer(t, { run: { status: 'accepted', stdout: 'x' } });
  const { token } = (await post(server, URL, PROGRAM)).json();
  const again = await server.inject(`/judge0/submissions/${token}?fields=source_code,stdout,token`);
  assert.deepEqual(again.json(), { source_code: 'print(1)', stdout: 'x', token });
  const batch = await server.inject(`/submissions/batch?tokens=${token},nothing&fields=stdout`);
  assert.deepEqual(batch.json(), { submissions: [{ stdout: 'x' }, null] });
  const unknown = await server.inject(`/submissions/${token.replace(/.$/, token.endsWith('0') ? '1' : '0')}`);
  assert.equal(unknown.statusCode, 404);
  const removal = await server.inject({ method: 'DELETE', url: `/submissions/${token}` });
  assert.deepEqual([removal.statusCode, removal.json()], [400, { error: 'delete not allowed' }]);
});

test('A batch must have one to a hundred submissions', async (t) => {
  const { server } = await dialectServer(t);
  const send = (submissions: unknown) => post(server, '/submissions/batch', { submissions });
  const none = await send([]);
  assert.deepEqual(
    [none.statusCode, none.json().error],
    [400, 'there should be at least one submission in a batch'],
  );
  const many = await send(Array.from({ length: 101 }, () => PROGRAM));
  assert.match(many.json().error, /should be less than or equal to 100$/);
  const wrong = await send([{ ...PROGRAM, source_code: '' }]);
  assert.deepEqual([wrong.statusCode, wrong.json()], [422, [{ source_code: ["can't be blank"] }]]);
});
