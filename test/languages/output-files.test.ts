// Files that a program leaves and a request asks for, over HTTP.

import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { ExecuteRequest } from '../../src/api/execution.ts';
import { execute } from '../service.ts';
import { run, theService, useService } from './shared-service.ts';

useService({ CODE_VALIDATION: 'off' });

const WRITER = `mkdir -p plots/deep
printf 'a,b\\n' > data.csv
printf '\\211PNG' > plots/one.png
printf 'two' > plots/deep/two.png
printf 'no' > other.txt
ln -s /etc/passwd link.csv
echo said; echo warned >&2
`;
const files = (request: Partial<ExecuteRequest>) =>
  run({ language: 'bash', code: WRITER, ...request }).then(({ results: [result] }) => result);

suite('what matches comes back', { concurrency: 2 }, () => {
  const ROWS: readonly (readonly [patterns: string[], paths: string[]])[] = [
    [['data.csv'], ['data.csv']],
    [['*.csv'], ['data.csv']],
    [['*.png'], []],
    [['plots/*.png'], ['plots/one.png']],
    [['plots/**'], ['plots/deep/two.png', 'plots/one.png']],
    [
      ['**/*.png', '*.txt'],
      ['other.txt', 'plots/deep/two.png', 'plots/one.png'],
    ],
    [['plots/???.png'], ['plots/one.png']],
    [['nothing'], []],
  ];
  for (const [patterns, paths] of ROWS) {
    test(patterns.join(', '), async () => {
      const result = await files({ output_files: patterns });
      assert.deepEqual(
        result?.output_files?.map(({ path }) => path),
        paths,
        JSON.stringify(result),
      );
      assert.deepEqual([result?.stdout, result?.stderr, result?.status], ['said\n', 'warned\n', 'completed']);
    });
  }
});

test("the bytes are the program's, with the kind of the file", async () => {
  const result = await files({ output_files: ['plots/one.png'] });
  assert.deepEqual(result?.output_files, [
    { path: 'plots/one.png', content: 'iVBORw==', encoding: 'base64', mime_type: 'image/png' },
  ]);
});

test('a request that asks for none has none', async () => {
  const result = await files({});
  assert.equal(result && 'output_files' in result, false);
});

test('a hidden test gives nothing back', async () => {
  const { results } = await run({
    language: 'bash',
    code: 'cat > copy.txt\n',
    output_files: ['*.txt'],
    test_cases: [{ input: 'shown' }, { input: 'secret', is_hidden: true }],
  });
  assert.equal(results[0]?.output_files?.[0]?.content, Buffer.from('shown').toString('base64'));
  assert.equal(results[1] && 'output_files' in results[1], false);
});

suite('ends are those of the program', { concurrency: 2 }, () => {
  const ROWS: readonly (readonly [code: string, status: string, details: object])[] = [
    ['exit 3', 'runtime_error', { exit_code: 3, signal: null }],
    ['kill -SEGV $$', 'runtime_error', { exit_code: null, signal: 'SIGSEGV' }],
    [
      'head -c 3000 /dev/zero; echo x > a.txt',
      'output_limit_exceeded',
      { stdout_truncated: true, output_files: [] },
    ],
    ['echo x > a.txt; head -c 2048 /dev/zero', 'completed', { stdout_truncated: false }],
    ['head -c 9000000 /dev/zero >&2', 'output_limit_exceeded', { stderr_truncated: true }],
    ['while :; do :; done', 'time_limit_exceeded', { limit: 'cpu' }],
  ];
  for (const [code, status, details] of ROWS) {
    test(`${code} is ${status}`, async () => {
      const result = await files({
        code: `${code}\n`,
        output_files: ['*.txt'],
        output_limit_kb: 2,
        time_limit: 1,
      });
      assert.equal(result?.status, status, JSON.stringify(result).slice(0, 600));
      for (const [name, value] of Object.entries(details))
        assert.deepEqual(result?.[name as 'limit'], value, name);
    });
  }
});

test('too many and too large files are left out, and the test passes all the same', async () => {
  const code = 'for n in $(seq 10 40); do head -c 500000 /dev/zero > $n.bin; done; echo done\n';
  const result = await files({ code, output_files: ['*.bin'], memory_limit: 256 });
  assert.equal(result?.stdout, 'done\n', JSON.stringify(result).slice(0, 300));
  assert.deepEqual(
    result?.output_files?.map(({ path }) => path),
    ['10', '11', '12', '13', '14', '15', '16', '17'].map((n) => `${n}.bin`),
  );
});

test('a pattern that leaves the directory, or means something to a shell, is refused', async () => {
  for (const pattern of ['/etc/*', '../x', 'a/../b', "x'", '$(id)', 'a;b', '']) {
    const response = await execute(theService(), { language: 'bash', code: 'x', output_files: [pattern] });
    const body = (await response.json()) as { errors: { path: string }[] };
    assert.deepEqual([response.status, body.errors[0]?.path], [400, 'output_files[0]'], pattern);
  }
});
