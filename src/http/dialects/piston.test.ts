// What clients of Piston's API send and get.

import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { ServiceError } from '../../errors.ts';
import { dialectServer, ENDS, type EndName, post } from './dialect-fixture.ts';

const URL = '/api/v2/execute';
const PROGRAM = { language: 'python', version: '*', files: [{ content: 'print(1)' }] };

suite('an end of a program in Piston’s words', () => {
  const cases: [
    end: EndName,
    code: number | null,
    signal: string | null,
    status: string | null,
    message: RegExp | null,
  ][] = [
    ['well', 0, null, null, null],
    ['exit', 3, null, 'RE', /^Exited with error status 3$/],
    ['signal', null, 'SIGSEGV', 'SG', /^Caught fatal signal 11$/],
    ['cpu', null, 'SIGKILL', 'TO', /^Time limit exceeded$/],
    ['wall', null, 'SIGKILL', 'TO', /^Time limit exceeded \(wall clock\)$/],
    ['memory', null, 'SIGKILL', 'SG', /memory/],
    ['output', null, 'SIGKILL', 'OL', /^stdout length exceeded$/],
    ['security', null, 'SIGSYS', 'SG', /forbidden/],
    ['ours', null, null, 'XX', null],
  ];
  for (const [end, code, signal, status, message] of cases) {
    test(end, async (t) => {
      const { server } = await dialectServer(t, ENDS[end]);
      const answer = await post(server, URL, PROGRAM);
      assert.equal(answer.statusCode, 200);
      const { language, version, compile, run } = answer.json();
      assert.deepEqual([language, version, compile], ['python', '3.11.2', undefined]);
      assert.deepEqual([run.code, run.signal, run.status], [code, signal, status]);
      if (message) assert.match(run.message, message);
      else if (end === 'well') assert.equal(run.message, null);
      assert.deepEqual([run.cpu_time, run.wall_time, run.memory], [11, 14, 9120 * 1024]);
      assert.equal(run.output, run.stdout + run.stderr);
    });
  }

  test('a failed compile is both stages', async (t) => {
    const { server } = await dialectServer(t, ENDS.compile);
    const { compile, run } = (await post(server, URL, { ...PROGRAM, language: 'c++' })).json();
    assert.deepEqual(run, compile);
    assert.deepEqual([run.code, run.status, run.stderr], [1, 'RE', 'no ;\n']);
  });

  test('a syntax error of an interpreted language is a failed run', async (t) => {
    const { server } = await dialectServer(t, ENDS.compile);
    const { compile, run } = (await post(server, URL, PROGRAM)).json();
    assert.deepEqual([compile, run.code, run.stderr], [undefined, 1, 'no ;\n']);
  });

  test('rejected code is a failed run, if the settings reject it', async (t) => {
    const finding = {
      rule: 'r',
      severity: 'error',
      message: 'no',
      file: 'main.py',
      line: 2,
      column: 3,
      snippet: '',
    } as const;
    const error = new ServiceError('code_rejected', 'The code was rejected', { findings: [finding] });
    const { server, seen } = await dialectServer(t, { error }, { COMPAT_CODE_VALIDATION: 'enforce' });
    const answer = await post(server, URL, PROGRAM);
    assert.deepEqual([answer.statusCode, answer.json().run.code], [200, 1]);
    assert.match(answer.json().run.stderr, /main\.py:2:3: no/);
    assert.equal(seen.context?.codeValidation, 'enforce');
  });
});

suite('a request to Piston', () => {
  test('becomes a submission, with the defaults of Piston', async (t) => {
    const { server, seen } = await dialectServer(t);
    await post(server, `${URL}/`, {
      ...PROGRAM,
      stdin: 'a',
      args: ['x', 1],
      compile_timeout: 10_000,
      extra: 1,
    });
    assert.deepEqual(seen.submission, {
      language: 'python',
      version: '3.11.2',
      code: 'print(1)',
      files: [],
      stdin: 'a\n',
      args: ['x', '1'],
      time_limit: 3,
      memory_limit: 128,
    });
    assert.deepEqual([seen.context?.api, seen.context?.codeValidation], ['piston', 'warn']);
  });

  test('keeps names of files, and finds the main one', async (t) => {
    const { server, seen } = await dialectServer(t);
    const files = [
      { name: 'data.bin', content: 'AQI=', encoding: 'base64' },
      { name: './prog.py', content: '' },
      { name: '/lib/x.py', content: 'y' },
      { name: '', content: '01ff', encoding: 'hex' },
    ];
    await post(server, URL, { ...PROGRAM, files });
    assert.deepEqual(seen.submission?.files, [
      { path: 'prog.py', content: '\n' },
      { path: 'data.bin', content: 'AQI=', encoding: 'base64' },
      { path: 'lib/x.py', content: 'y' },
      { path: 'file3.code', content: 'Af8=', encoding: 'base64' },
    ]);
  });

  test('may name Java’s files as it likes', async (t) => {
    const { server, seen } = await dialectServer(t);
    const files = [{ name: 'a.java', content: 'class Foo {}' }, { content: 'class Bar {}' }];
    await post(server, URL, { ...PROGRAM, language: 'java', files });
    assert.deepEqual(
      seen.submission?.files?.map(({ path }) => path),
      ['Foo.java', 'Bar.java'],
    );
  });

  for (const version of ['*', '3', '3.x', '3.11', '^3.8.0', '>=3', '3.11.2']) {
    test(`may want the version ${version}`, async (t) => {
      const { server } = await dialectServer(t);
      assert.equal((await post(server, URL, { ...PROGRAM, version })).json().version, '3.11.2');
    });
  }

  test('gets the newest version for any, if the settings say so', async (t) => {
    const { server } = await dialectServer(t, {}, { COMPAT_ANY_VERSION: 'true' });
    assert.equal((await post(server, URL, { ...PROGRAM, version: '3.10.0' })).json().version, '3.11.2');
  });

  const refused: [change: object, message: string][] = [
    [{ language: 5, version: 5 }, 'language is required as a string'],
    [{ version: undefined }, 'version is required as a string'],
    [{ files: 'x' }, 'files is required as an array'],
    [{ files: [{ content: 'x' }, {}] }, 'files[1].content is required as a string'],
    [{ version: '3.10.0' }, 'python-3.10.0 runtime is unknown'],
    [{ language: 'Python' }, 'Python-* runtime is unknown'],
    [{ language: 'rust' }, 'rust-* runtime is unknown'],
    [
      { files: [{ content: 'eA==', encoding: 'base64' }] },
      'files must include at least one utf8 encoded file',
    ],
    [{ run_timeout: '5' }, 'If specified, run_timeout must be a number'],
    [{ run_timeout: 30_001 }, 'run_timeout cannot exceed the configured limit of 30000'],
    [{ run_memory_limit: 2 ** 40 }, 'run_memory_limit cannot exceed the configured limit of 536870912'],
    [{ compile_timeout: -1 }, 'compile_timeout must be non-negative'],
    [{ files: [{ name: '../x', content: '' }] }, 'The file name "../x" leaves the folder'],
  ];
  for (const [change, message] of refused) {
    test(`gets the error: ${message}`, async (t) => {
      const { server } = await dialectServer(t);
      const answer = await post(server, URL, { ...PROGRAM, ...change });
      assert.deepEqual([answer.statusCode, answer.json()], [400, { message }]);
    });
  }

  test('gets what else is wrong in the same shape', async (t) => {
    const { server } = await dialectServer(t, { error: new ServiceError('queue_full', 'full') });
    const full = await post(server, URL, PROGRAM);
    assert.deepEqual(
      [full.statusCode, full.json(), full.headers['retry-after']],
      [429, { message: 'full' }, '1'],
    );
    const text = await post(server, URL, PROGRAM, { 'content-type': 'text/plain' });
    assert.deepEqual(
      [text.statusCode, text.json()],
      [415, { message: 'requests must be of type application/json' }],
    );
    assert.equal((await post(server, URL, '{')).statusCode, 400);
    assert.deepEqual((await server.inject('/api/v2/nothing')).json(), { message: 'Not Found' });
    const installing = await post(server, URL, { ...PROGRAM, language: 'go' });
    assert.match(installing.json().message, /being installed/);
    assert.equal(installing.statusCode, 503);
  });

  test('may have its key without a scheme, and a text with a key', async (t) => {
    const { server } = await dialectServer(t, {}, { API_KEYS: 'a-key-of-some-length' });
    const send = (headers: Record<string, string>) => post(server, URL, PROGRAM, headers);
    assert.equal((await send({})).statusCode, 401);
    assert.match((await send({})).json().message, /key is required/);
    for (const authorization of ['a-key-of-some-length', 'Bearer a-key-of-some-length']) {
      assert.equal((await send({ authorization, 'content-type': 'text/plain' })).statusCode, 200);
    }
    assert.equal((await send({ authorization: 'Basic a-key-of-some-length' })).statusCode, 401);
  });
});

test('Piston lists runtimes and packages under both of its paths', async (t) => {
  const { server } = await dialectServer(t);
  const runtimes = (await server.inject('/api/v2/piston/runtimes/')).json();
  assert.deepEqual(runtimes.slice(0, 2), [
    { language: 'python', version: '3.11.2', aliases: ['py', 'py3', 'python3', 'python3.11'] },
    {
      language: 'javascript',
      version: '20.20.2',
      aliases: ['node-javascript', 'node-js', 'javascript', 'js'],
      runtime: 'node',
    },
  ]);
  assert.deepEqual(
    runtimes.map(({ language }: { language: string }) => language),
    ['python', 'javascript', 'java', 'c++', 'c', 'bash'],
  );
  const packages = (await server.inject('/api/v2/packages')).json();
  assert.deepEqual(packages.at(-2), { language: 'gcc', language_version: '12.2.0', installed: true });
  const known = { language: 'node', version: '20.20.2' };
  assert.deepEqual((await post(server, '/api/v2/packages', known)).json(), known);
  const unknown = await post(server, '/api/v2/packages', { language: 'x', version: '1' });
  assert.deepEqual(
    [unknown.statusCode, unknown.json()],
    [404, { message: 'Requested package x-1 does not exist' }],
  );
});

test('Piston’s API can be turned off', async (t) => {
  const { server } = await dialectServer(t, {}, { COMPAT: 'judge0' });
  const answer = await server.inject('/api/v2/runtimes');
  assert.deepEqual([answer.statusCode, answer.json().code], [404, 'not_found']);
});
