// What clients of SandboxFusion's API send and get.

import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { ServiceError } from '../../errors.ts';
import { dialectServer, ENDS, type EndName, post } from './dialect-fixture.ts';

const URL = '/run_code';
const PROGRAM = { language: 'python', code: 'print(1)' };

suite('an end of a program in SandboxFusion’s words', () => {
  const cases: [end: EndName, status: string, run: string | null, returnCode: number | null][] = [
    ['well', 'Success', 'Finished', 0],
    ['exit', 'Failed', 'Finished', 3],
    ['signal', 'Failed', 'Finished', -11],
    ['cpu', 'Failed', 'TimeLimitExceeded', null],
    ['wall', 'Failed', 'TimeLimitExceeded', null],
    ['memory', 'Failed', 'Finished', -9],
    ['output', 'Failed', 'Finished', -9],
    ['security', 'Failed', 'Finished', -31],
  ];
  for (const [end, status, runStatus, returnCode] of cases) {
    test(end, async (t) => {
      const { server } = await dialectServer(t, ENDS[end]);
      const answer = (await post(server, URL, PROGRAM)).json();
      assert.deepEqual(
        [answer.status, answer.message, answer.compile_result, answer.files],
        [status, '', null, {}],
      );
      const { run_result: run } = answer;
      assert.deepEqual([run.status, run.return_code, run.execution_time], [runStatus, returnCode, 0.0136]);
    });
  }

  test('a failed compile has no run', async (t) => {
    const { server } = await dialectServer(t, ENDS.compile);
    const answer = (await post(server, URL, { ...PROGRAM, language: 'cpp' })).json();
    assert.deepEqual([answer.status, answer.run_result], ['Failed', null]);
    assert.deepEqual(
      [answer.compile_result.status, answer.compile_result.return_code, answer.compile_result.stderr],
      ['Finished', 1, 'no ;\n'],
    );
  });

  test('a syntax error of an interpreted language is a failed run', async (t) => {
    const { server } = await dialectServer(t, ENDS.compile);
    const answer = (await post(server, URL, PROGRAM)).json();
    assert.deepEqual([answer.compile_result, answer.run_result.return_code], [null, 1]);
  });

  test('a failure of the service is distinguished from one of the program', async (t) => {
    for (const end of [ENDS.ours, { error: new ServiceError('internal_error', 'secret') }]) {
      const { server } = await dialectServer(t, end);
      const answer = await post(server, URL, PROGRAM);
      assert.deepEqual(
        [answer.statusCode, answer.json().status, answer.json().run_result],
        [200, 'SandboxError', null],
      );
      assert.doesNotMatch(answer.body, /secret/);
    }
  });
});

suite('a request to SandboxFusion', () => {
  test('becomes a submission; nulls count as absent', async (t) => {
    const { server, seen } = await dialectServer(t);
    await post(server, URL, {
      ...PROGRAM,
      code: '',
      language: 'nodejs',
      stdin: null,
      files: { './a.txt': 'aGk', b: null },
      run_timeout: 60,
      memory_limit_MB: 1024,
      fetch_files: [],
    });
    assert.deepEqual(seen.submission, {
      language: 'javascript',
      code: '\n',
      stdin: '',
      files: [{ path: 'a.txt', content: 'aGk=', encoding: 'base64' }],
      compile_options: [],
      time_limit: 30,
      memory_limit: 512,
    });
    assert.ok((seen.context?.waitForRoomMs ?? 0) > 60_000);
  });

  test('gets 504 for everything that passes by itself', async (t) => {
    for (const code of ['queue_full', 'unavailable', 'rate_limited', 'shutting_down'] as const) {
      const { server } = await dialectServer(t, { error: new ServiceError(code, 'later') });
      const answer = await post(server, URL, PROGRAM);
      assert.deepEqual([answer.statusCode, answer.json()], [504, { detail: 'later' }]);
    }
  });

  test('gets every wrong field as from FastAPI', async (t) => {
    const { server } = await dialectServer(t);
    const wrong = { language: 'cobol', run_timeout: 'soon', stdin: 5, files: { a: 1 }, fetch_files: 'x' };
    const answer = await post(server, URL, wrong);
    assert.equal(answer.statusCode, 422);
    const details: { type: string; loc: string[]; msg: string }[] = answer.json().detail;
    assert.deepEqual(
      details.map(({ type, loc }) => [type, loc.join('.')]),
      [
        ['missing', 'body.code'],
        ['literal_error', 'body.language'],
        ['float_parsing', 'body.run_timeout'],
        ['string_type', 'body.stdin'],
        ['string_type', 'body.files.a'],
        ['list_type', 'body.fetch_files'],
      ],
    );
    assert.equal(details[1]?.msg, "Input should be 'python', 'nodejs', 'java', 'cpp', 'c' or 'bash'");
    assert.equal((await post(server, URL, '[]')).json().detail[0].type, 'model_attributes_type');
    assert.equal((await post(server, URL, '{')).statusCode, 422);
    const form = await post(server, URL, 'code=1', { 'content-type': 'application/x-www-form-urlencoded' });
    assert.deepEqual([form.statusCode, form.json().detail[0].loc], [422, ['body']]);
  });

  test('gets the files that it names, those that it sent as they were, and no others', async (t) => {
    const made = { path: 'out/a b.txt', content: 'bWFkZQ==', encoding: 'base64' as const, mime_type: '' };
    const { server, seen } = await dialectServer(t, { run: { output_files: [made] } });
    const answer = await post(server, URL, {
      ...PROGRAM,
      files: { 'in.txt': 'aW4=' },
      fetch_files: ['./out/a b.txt', '/in.txt', 'missing', '../x', '*'],
    });
    assert.deepEqual(answer.json().files, { './out/a b.txt': 'bWFkZQ==', '/in.txt': 'aW4=' });
    assert.deepEqual(seen.submission?.output_files, ['out/a b.txt', 'in.txt', 'missing']);
    const tooMany = await post(server, URL, { ...PROGRAM, fetch_files: Array(17).fill('a') });
    assert.match(tooMany.json().detail[0].msg, /at most 16 items, not 17/);
  });

  test('needs a key where keys are required, but a ping does not', async (t) => {
    const { server } = await dialectServer(t, {}, { API_KEYS: 'a-key-of-some-length' });
    const answer = await post(server, URL, PROGRAM);
    assert.equal(answer.statusCode, 401);
    assert.match(answer.json().detail, /key/);
    assert.equal((await server.inject('/v1/ping')).body, '"pong"');
    for (const url of ['/run_jupyter', '/submit']) {
      const other = await post(server, url, {}, { 'x-api-key': 'a-key-of-some-length' });
      assert.deepEqual([other.statusCode, other.json()], [404, { detail: 'Not Found' }]);
    }
  });
});
