// What is accepted, with which defaults, and what is rejected, with which messages.

import assert from 'node:assert/strict';
import { posix } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import type { ExecuteRequest } from '../api/execution.ts';
import { ServiceError } from '../errors.ts';
import { REQUEST_SIZES } from '../limits.ts';
import { BOUNDS } from '../sandbox/bounds.ts';
import { MIB } from '../units.ts';
import { createAccept } from './accept.ts';
import { createServiceForTests, languageCatalog, toolchain, toolchainCatalog } from './service-fixture.ts';

const accept = (request: Partial<ExecuteRequest>) =>
  createServiceForTests().accept({ language: 'script', ...request });

async function rejection(request: Partial<ExecuteRequest>): Promise<ServiceError> {
  try {
    await accept(request);
  } catch (error) {
    assert.ok(error instanceof ServiceError, String(error));
    return error;
  }
  return assert.fail('the request was accepted');
}

test('a small request gets every default', async () => {
  const { executionId, createdAt, acceptedAtMs, queuedAtMs, ...task } = await accept({ code: 'x' });
  assert.match(executionId, /^[0-9A-HJKMNP-TV-Z]{26}$/);
  assert.ok(Math.abs(Date.parse(createdAt) - Date.now()) < 10_000);
  assert.ok(Math.abs(acceptedAtMs - Date.parse(createdAt)) < 1);
  assert.equal(queuedAtMs, acceptedAtMs);
  assert.deepEqual(task, {
    languageId: 'script',
    version: '3.11.2',
    sourceFile: 'main.sc',
    files: [{ path: 'main.sc', contentBase64: 'eA==' }],
    judged: false,
    tests: [
      {
        name: null,
        encoding: 'utf8',
        input: '',
        expectedOutput: null,
        isHidden: false,
        weight: 1,
        args: [],
        timeLimitSeconds: 5,
        memoryLimitMb: 128,
      },
    ],
    checker: { type: 'trim' },
    stopOnFailure: false,
    outputLimitBytes: MIB,
    clientId: 'anyone',
    userId: null,
    priority: 'normal',
    warnings: [],
    validation: null,
  });
});

test('an option that the checker does not use is a warning', async () => {
  const { warnings, checker } = await accept({
    code: 'x',
    checker: { type: 'exact', absolute: 1, case_sensitive: false },
  });
  assert.deepEqual(checker, { type: 'exact' });
  assert.deepEqual(warnings, [
    'checker.absolute is not used by the checker exact',
    'checker.case_sensitive is not used by the checker exact',
  ]);
});

test('a task survives JSON, so that it can cross a queue', async () => {
  const task = await accept({ code: 'é', test_cases: [{ input: '1', expected_output: '1' }] });
  assert.deepEqual(JSON.parse(JSON.stringify(task)), task);
});

test('what a test case does not say, the request says', async () => {
  const { tests } = await accept({
    code: 'x',
    args: ['a'],
    time_limit: 2,
    memory_limit: 64,
    test_cases: [{}, { args: [], time_limit: 1.5, memory_limit: 32, weight: 0, name: 'n', is_hidden: true }],
  });
  const accepted = tests.map((task) => [task.args, task.timeLimitSeconds, task.memoryLimitMb, task.weight]);
  assert.deepEqual(accepted, [
    [['a'], 2, 64, 1],
    [[], 1.5, 32, 0],
  ]);
});

test('stdin beside test cases is warned about', async () => {
  const { warnings } = await accept({ code: 'x', stdin: '1', test_cases: [{ input: '2' }] });
  assert.match(warnings[0] ?? '', /^stdin is not used/);
});

test('code or files are required', async () => {
  for (const request of [{}, { files: [] }, { code: '' }]) {
    const { code, message, errors } = await rejection(request);
    assert.equal(code, 'invalid_request');
    assert.equal(message, 'code is required (or files)');
    assert.deepEqual(errors, [{ path: 'code', message: 'code is required (or files)' }]);
  }
});

test('without code the first file is the main source', async () => {
  const { sourceFile, files } = await accept({
    files: [
      { path: 'src/app.sc', content: 'x' },
      { path: 'data.bin', content: 'AP8=', encoding: 'base64' },
    ],
  });
  assert.equal(sourceFile, 'src/app.sc');
  assert.deepEqual(files, [
    { path: 'src/app.sc', contentBase64: 'eA==' },
    { path: 'data.bin', contentBase64: 'AP8=' },
  ]);
});

test('the language names the main source, which comes first', async () => {
  const task = await accept({
    language: 'compiled',
    code: 'class Other {}',
    files: [{ path: 'a', content: '' }],
  });
  assert.equal(task.sourceFile, 'Other.cc');
  assert.deepEqual(
    task.files.map(({ path }) => path),
    ['Other.cc', 'a'],
  );
});

test('a language is found by alias in any case', async () => {
  assert.equal((await accept({ code: 'x', language: 'SC' })).languageId, 'script');
});

test('an unknown language is answered with the known ones', async () => {
  const { code, message, errors } = await rejection({ code: 'x', language: 'klingon' });
  assert.equal(code, 'unsupported_language');
  assert.equal(message, 'language must be one of script, compiled, got "klingon"');
  assert.equal(errors?.[0]?.path, 'language');
});

for (const [name, language] of [
  ['Erlang', 'Erlang'],
  ['rb', 'Ruby'],
  ['php8.2', 'PHP'],
] as const)
  test(`${name}, which this service does not offer, is answered as a language that is not enabled`, async () => {
    const { message } = await rejection({ code: 'x', language: name });
    assert.equal(
      message,
      `language must be one of script, compiled, got "${name}"; ${language} is not enabled on this service`,
    );
  });

for (const [version, found] of [
  ['3', '3.11.2'],
  ['3.11', '3.11.2'],
  ['3.11.2', '3.11.2'],
  ['2', '2.7.18'],
] as const) {
  test(`version ${version} is ${found}`, async () => {
    assert.equal((await accept({ code: 'x', version })).version, found);
  });
}

test('a version may end before a build number', async () => {
  assert.equal((await accept({ code: 'x', language: 'compiled', version: '17.0.9' })).version, '17.0.9+9');
});

for (const version of ['3.1', '4', '3.11.2.1', '3.', '3.11.', '.', 'x']) {
  test(`version ${version} is rejected with the list of versions`, async () => {
    const { code, message } = await rejection({ code: 'x', version });
    assert.equal(code, 'unsupported_version');
    assert.match(message, /^version must be one of 3\.11\.2, 2\.7\.18 for script, .* got /);
  });
}

test('a language that is being installed is unavailable for now, a missing one is rejected with the reason', async () => {
  const toolchains = toolchainCatalog([toolchain('x', '1')], {
    script: { status: 'installing', problem: null },
    compiled: { status: 'missing', problem: 'gcc is not on this machine' },
  });
  const parts = { languages: languageCatalog, toolchains, settings: { maxCodeLength: 10 } };
  const acceptHere = createAccept(parts);
  await assert.rejects(acceptHere({ language: 'script', code: 'x' }), (error: ServiceError) => {
    assert.equal(error.code, 'unavailable');
    assert.ok((error.retryAfterSeconds ?? 0) > 0);
    return true;
  });
  await assert.rejects(acceptHere({ language: 'compiled', code: 'x' }), (error: ServiceError) => {
    assert.equal(error.code, 'unsupported_language');
    assert.match(error.message, /compiled is not installed here: gcc is not on this machine/);
    return true;
  });
});

test('how far the installation is stands in the answer', async () => {
  const since = new Date(Date.now() - 90_000);
  const toolchains = {
    ...toolchainCatalog([], { script: { status: 'installing', problem: null } }),
    progress: () => ({ step: 2, steps: 5, doing: 'extracting archives', megabytes: 406, since }),
  };
  const acceptHere = createAccept({
    languages: languageCatalog,
    toolchains,
    settings: { maxCodeLength: 10 },
  });
  await assert.rejects(
    acceptHere({ language: 'script', code: 'x' }),
    /is being installed and can be used soon: step 2 of 5, extracting archives, 406 MB, for 9\d s$/,
  );
});

test('code over its limit is too large, counted in characters', async () => {
  await accept({ code: '😀'.repeat(1000) });
  const { code, message } = await rejection({ code: '😀'.repeat(1001) });
  assert.equal(code, 'too_large');
  assert.equal(message, 'code must have at most 1000 characters, got 1001');
  assert.equal((await rejection({ files: [{ path: 'a', content: 'x'.repeat(1001) }] })).code, 'too_large');
});

test('the arguments of a run may have 128 KiB together', async () => {
  const most = Array.from({ length: 32 }, () => 'x'.repeat(4096));
  await accept({ code: 'x', args: most, test_cases: [{ args: most }] });
  const { code, errors } = await rejection({
    code: 'x',
    args: most.map(() => 'é'.repeat(4096)),
    test_cases: [{}, { args: [...most, 'é'] }],
  });
  assert.equal(code, 'invalid_request');
  assert.deepEqual(
    errors?.map(({ message }) => message),
    [
      'args must have at most 131072 bytes together, got 262144',
      'test_cases[1].args must have at most 131072 bytes together, got 131074',
    ],
  );
});

test('arguments that are accepted leave the native sandbox room for the command and its environment', () => {
  assert.ok(REQUEST_SIZES.argumentsBytes + 32 * 1024 <= BOUNDS.MAX_STRINGS);
});

test('NUL and lone surrogates are rejected where they cannot reach the program', async () => {
  for (const [request, path] of [
    [{ code: 'a\0b' }, 'code'],
    [{ code: 'a\ud800b' }, 'code'],
    [{ code: 'x', args: ['ok', 'a\0'] }, 'args[1]'],
    [{ code: 'x', stdin: '\udc00' }, 'stdin'],
    [{ code: 'x', test_cases: [{}, { input: '\udc00' }] }, 'test_cases[1].input'],
    [{ code: 'x', test_cases: [{ args: ['\0'] }] }, 'test_cases[0].args[0]'],
    [{ files: [{ path: 'a', content: 'a\0' }] }, 'files[0].content'],
  ] as const) {
    const { code, errors } = await rejection(request as unknown as Partial<ExecuteRequest>);
    assert.equal(code, 'invalid_request');
    assert.deepEqual(
      errors?.map((error) => error.path),
      [path],
    );
  }
  await accept({ code: 'x', stdin: 'NUL is a byte like any other: \0' });
});

for (const path of [
  '/etc/passwd',
  '../x',
  'a/../x',
  'a/..',
  './x',
  'a/./x',
  '-o',
  'a//b',
  'a/',
  'a\nb',
  'a\0b',
  'a\tb',
  'a\u0085b',
  'a\\b',
  'a\u202eb',
  'a\ud800',
  '.',
  '..',
  'é'.repeat(128),
  `${'a/'.repeat(16)}a`,
]) {
  test(`a file named ${JSON.stringify(path.slice(0, 12))} is rejected`, async () => {
    const { code, errors } = await rejection({ code: 'x', files: [{ path, content: '' }] });
    assert.equal(code, 'invalid_request');
    assert.equal(errors?.[0]?.path, 'files[0].path');
    assert.match(errors?.[0]?.message ?? '', /^files\[0\]\.path must /);
  });
}

for (const paths of [['a', 'a'], ['main.sc'], ['main.sc/a'], ['a', 'a/b'], ['a/b', 'a'], ['a/b/c', 'a/b']]) {
  test(`files named ${paths.join(' and ')} clash`, async () => {
    const { code, message } = await rejection({
      code: 'x',
      files: paths.map((path) => ({ path, content: '' })),
    });
    assert.equal(code, 'invalid_request');
    assert.match(message, /must not clash with/);
  });
}

test('names that only look alike do not clash, nor do files of one directory', async () => {
  const paths = [
    'a',
    'A',
    'a.b',
    'b/c',
    'b/d',
    '...',
    '.hidden',
    'with space',
    'ü',
    'b-/-c',
    `${'d/'.repeat(15)}d`,
  ];
  const task = await accept({ code: 'x', files: paths.map((path) => ({ path, content: '' })) });
  assert.equal(task.files.length, 1 + paths.length);
});

for (const content of ['a', 'ab', 'ab==c===', '_-8=', 'YQ==\n', 'Y Q=', '====']) {
  test(`${JSON.stringify(content)} is not Base64`, async () => {
    const { errors } = await rejection({ code: 'x', files: [{ path: 'a', content, encoding: 'base64' }] });
    assert.deepEqual(errors?.[0]?.path, 'files[0].content');
  });
}

test('a main source that is not text is rejected', async () => {
  const { message } = await rejection({ files: [{ path: 'a', content: '/w==', encoding: 'base64' }] });
  assert.match(message, /files\[0\]\.content must be UTF-8 text/);
});

test('files are bounded together, in bytes', async () => {
  const half = 'x'.repeat(REQUEST_SIZES.filesBytes / 2);
  const files = [
    { path: 'a', content: half },
    { path: 'b', content: half },
  ];
  await accept({ code: 'x', files });
  const { code, message } = await rejection({ code: 'x', files: [...files, { path: 'c', content: 'é' }] });
  assert.equal(code, 'invalid_request');
  assert.equal(message, 'files must have at most 1048576 bytes together, got 1048578');
});

test('inputs are bounded each and together', async () => {
  const large = 'x'.repeat(REQUEST_SIZES.textBytes);
  await accept({ code: 'x', test_cases: [{ input: large }, { expected_output: large }] });
  const { errors } = await rejection({ code: 'x', test_cases: [{}, { input: `${large}y` }] });
  assert.equal(errors?.[0]?.path, 'test_cases[1].input');
  const { message } = await rejection({ code: 'x', test_cases: Array(4).fill({ input: large }) });
  assert.match(message, /together/);
});

test('many reasons are all counted, and the first are listed', async () => {
  const files = Array.from({ length: 20 }, () => ({ path: '/', content: '' }));
  const { message, errors } = await rejection({ code: 'x', files });
  assert.match(message, /and 15 more$/);
  assert.equal(errors?.length, 20);
});

test('whatever the files are named, what is accepted can be written below one directory', async () => {
  const path = fc.oneof(
    fc.string({ unit: fc.constantFrom('a', 'b', '/', '.', '-', '\\', '\n'), minLength: 1, maxLength: 6 }),
    fc.string({ unit: 'binary', minLength: 1, maxLength: 6 }),
  );
  const run = fc.asyncProperty(fc.array(path, { maxLength: 5 }), async (paths) => {
    const request = { code: 'x', files: paths.map((each) => ({ path: each, content: '' })) };
    const task = await accept(request).catch((error: unknown) => {
      assert.ok(error instanceof ServiceError, String(error));
      return null;
    });
    const written = (task?.files ?? []).map((file) => file.path);
    assert.equal(new Set(written).size, written.length);
    for (const each of written) {
      assert.equal(posix.join('/code', each), `/code/${each}`);
      assert.ok(!each.startsWith('-') && !each.endsWith('/'));
      assert.ok(!written.some((other) => other.startsWith(`${each}/`)));
    }
  });
  await fc.assert(run, { numRuns: 500 });
});

test('validation sees the files, adds its warnings and its analysis, and may reject', async () => {
  const analysis = { findings: [], files: [] };
  const seen: string[] = [];
  const service = createServiceForTests(
    {},
    {
      validate: async (language, files) => {
        for (const { path, content } of files) seen.push(`${language.id} ${path} ${content}`);
        if (seen.length > 1) throw new ServiceError('code_rejected', 'no');
        return { warnings: ['careful'], timeMs: 2, analysis, isBroken: false };
      },
    },
  );
  const task = await service.accept({ language: 'script', code: 'x' });
  assert.deepEqual([task.warnings, task.validation], [['careful'], { timeMs: 2, analysis }]);
  assert.ok(task.queuedAtMs >= task.acceptedAtMs);
  assert.deepEqual(seen, ['script main.sc x']);
  await assert.rejects(service.accept({ language: 'script', code: 'x' }), { code: 'code_rejected' });
});

test('inputs and expected outputs may be Base64, and stay as they were written', async () => {
  const task = await accept({
    code: 'x',
    test_cases: [{ input: '/w==', expected_output: 'AAE=', encoding: 'base64' }, { input: '/w==' }],
  });
  const [bytes, text] = task.tests;
  assert.deepEqual([bytes?.encoding, bytes?.input, bytes?.expectedOutput], ['base64', '/w==', 'AAE=']);
  assert.equal(text?.encoding, 'utf8');
  const stdin = await accept({ code: 'x', stdin: '/w==', stdin_encoding: 'base64' });
  assert.deepEqual([stdin.tests[0]?.encoding, stdin.tests[0]?.input], ['base64', '/w==']);
});

test('Base64 that is none is rejected with its field', async () => {
  const encoding = 'base64' as const;
  for (const input of ['a', 'a===', '/w=', '/w==\n', '_-==', '====', 'YQ==YQ==', 'é===']) {
    const { message } = await rejection({ code: 'x', test_cases: [{}, { input, encoding }] });
    assert.match(message, /^test_cases\[1\]\.input must be Base64 with padding, got "/, input);
    const { code } = await rejection({ code: 'x', stdin: input, stdin_encoding: encoding });
    assert.equal(code, 'invalid_request');
  }
  await accept({ code: 'x', test_cases: [{ input: '', expected_output: 'YWJj', encoding }] });
});

test('Base64 is measured by the bytes that it stands for', async () => {
  const input = Buffer.alloc(REQUEST_SIZES.textBytes).toString('base64');
  await accept({ code: 'x', test_cases: [{ input, encoding: 'base64' }] });
  const larger = Buffer.alloc(REQUEST_SIZES.textBytes + 3).toString('base64');
  const { message } = await rejection({ code: 'x', stdin: larger, stdin_encoding: 'base64' });
  assert.match(message, /^stdin must have at most 10485760 bytes, got 10485763$/);
});
