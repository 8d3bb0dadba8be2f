// The command `ces`: packed, installed in an empty project, and used as people and scripts do.

import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { promisify } from 'node:util';
import { launch, PROJECT, ready, type Service, stop, TIME_FACTOR } from '../service.ts';
import { examplePackage } from './example-package.ts';

const run = promisify(execFile);

suite('ces', () => {
  let service: Service;
  const project = mkdtempSync(join(tmpdir(), 'cli-test-'));
  const write = (name: string, text: string | Uint8Array) => writeFileSync(join(project, name), text);

  before(async () => {
    const child = launch({ DATA_DIR: join(project, 'data'), LANGUAGES: 'python' });
    service = await ready(child, ['python']);
    const { stdout } = await run('npm', [
      'pack',
      join(PROJECT, 'clients/cli'),
      '--pack-destination',
      project,
      '--json',
    ]);
    const [{ filename }] = JSON.parse(stdout.slice(stdout.indexOf('['))) as [{ filename: string }];
    write('package.json', '{"private": true}');
    await run('npm', ['install', '--offline', '--no-audit', '--no-fund', `./${filename}`], { cwd: project });
    write('double.py', 'print(int(input()) * 2)\n');
    write('broken.py', 'raise SystemExit(3)\n');
    mkdirSync(join(project, 'tests'));
    for (const [name, input, answer] of [
      ['1', '1', '2'],
      ['2', '4', '8'],
      ['10', '5', '11'],
    ] as const) {
      write(`tests/${name}.in`, input);
      write(`tests/${name}.${name === '2' ? 'out' : 'ans'}`, `${answer}\n`);
    }
  });
  after(async () => {
    await stop(service);
    rmSync(project, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  });

  /** Runs it as `npx ces` would; resolves also when it fails. */
  async function ces(words: readonly string[], { input = '', environment = {} } = {}) {
    const child = spawn(join(project, 'node_modules/.bin/ces'), [...words], {
      cwd: project,
      env: {
        PATH: `${join(process.execPath, '..')}:${process.env.PATH}`,
        CES_URL: service.url,
        ...environment,
      },
    });
    child.stdin.end(input);
    const texts = { stdout: '', stderr: '' };
    child.stdout.on('data', (data) => (texts.stdout += data));
    child.stderr.on('data', (data) => (texts.stderr += data));
    const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
    return { code, ...texts };
  }

  test('runs a program, whose output is its own', async () => {
    assert.deepEqual(await ces(['run', 'double.py'], { input: '21' }), {
      code: 0,
      stdout: '42\n',
      stderr: '',
    });
    const failed = await ces(['run', 'broken.py']);
    assert.deepEqual([failed.code, failed.stdout], [1, '']);
    assert.match(failed.stderr, /^runtime error: .*code 3/m);
  });

  test('judges tests in files, in the order of their numbers', async () => {
    const { code, stdout } = await ces(['test', 'double.py', 'tests']);
    assert.equal(code, 1);
    assert.match(
      stdout,
      /^1 +accepted[\s\S]*^2 +accepted[\s\S]*^10 +wrong answer[\s\S]*expected +11[\s\S]*got +10/m,
    );
    assert.match(stdout, /^2 of 3 tests passed$/m);
    const good = await ces(['test', 'double.py', 'tests/1.in', 'tests/2.in', '--json']);
    assert.equal(good.code, 0);
    const [execution] = JSON.parse(good.stdout) as [{ summary: { passed: number } }];
    assert.equal(execution.summary.passed, 2);
  });

  test('has colours only where they are wanted', async () => {
    const plain = await ces(['test', 'double.py', 'tests/1.in']);
    assert.ok(!plain.stdout.includes('\x1b'));
    const coloured = await ces(['test', 'double.py', 'tests/1.in'], { environment: { FORCE_COLOR: '1' } });
    assert.ok(coloured.stdout.includes('\x1b[32m'));
    const refused = await ces(['test', 'double.py', 'tests/1.in'], {
      environment: { FORCE_COLOR: '1', NO_COLOR: '1' },
    });
    assert.ok(!refused.stdout.includes('\x1b'));
  });

  test('lists languages, and measures', async () => {
    assert.match((await ces(['languages'])).stdout, /^python +Python +\.py +3\.\d+/m);
    write('one.py', 'print(1)\n');
    const { code, stdout } = await ces(['bench', 'one.py', '--count', '4', '--concurrency', '2', '--json']);
    const figures = JSON.parse(stdout) as Record<string, number>;
    assert.deepEqual([code, figures.runs, figures.failed], [0, 4, 0]);
  });

  test('checks a problem package by its submissions, and has it kept', async () => {
    write('squares.zip', examplePackage());
    const { code, stdout } = await ces(['problem', 'check', 'squares.zip']);
    assert.match(stdout, /^submission +expected +got\n/);
    assert.match(stdout, /^submissions\/accepted\/roots\.py +accepted +accepted +\d+ ms$/m);
    assert.match(
      stdout,
      /^submissions\/time_limit_exceeded\/pairs\.py +time limit exceeded +time limit exceeded /m,
    );
    assert.match(stdout, /^submissions\/wrong_answer\/greedy\.py +wrong answer +wrong answer /m);
    assert.match(
      stdout,
      /^Sum of Two Squares: 7 tests, time limit 2 s\n3 of 3 submissions end as expected$/m,
    );
    assert.doesNotMatch(stdout, /warning|kept/);
    assert.equal(code, 0);

    const greedy = 'submissions/wrong_answer/greedy.py';
    const pairs = 'submissions/time_limit_exceeded/pairs.py';
    const moved = { [greedy]: 'submissions/accepted/greedy.py', [pairs]: 'submissions/slow/pairs.py' };
    write('wrong.zip', examplePackage(moved));
    const wrong = await ces(['problem', 'put', 'cli-squares', 'wrong.zip']);
    assert.match(
      wrong.stdout,
      /^submissions\/accepted\/greedy\.py +accepted +wrong answer .*\n {2}wrong_answer in secret\/2-equal$/m,
    );
    assert.match(wrong.stdout, /^warning: submissions\/slow\/pairs\.py is not run/m);
    assert.match(wrong.stdout, /^1 of 2 submissions end as expected\nkept as cli-squares@[0-9a-f]{32}$/m);
    assert.equal(wrong.code, 1);
    assert.match(await (await fetch(`${service.url}/metrics`)).text(), /^ces_problem_bytes [1-9]/m);
    const problem = `${service.url}/api/v1/problems/cli-squares`;
    assert.equal((await fetch(problem, { method: 'DELETE' })).status, 204);

    const refused = await ces(['problem', 'check', 'double.py', '--json']);
    assert.deepEqual([refused.code, refused.stdout], [1, '']);
    assert.match(refused.stderr, /^The package /);
  });

  test('grades a repository', async () => {
    for (const directory of ['exercises/double', 'exercises/missing', 'submissions']) {
      mkdirSync(join(project, directory), { recursive: true });
    }
    for (const exercise of ['double', 'missing']) {
      write(`exercises/${exercise}/1.in`, '1');
      write(`exercises/${exercise}/1.ans`, '2');
    }
    write('submissions/double.py', 'print(int(input()) * 2)');
    const bin = join(project, 'node_modules/.bin');
    const graded = await run(join(PROJECT, 'examples/grade-repository/grade.sh'), [], {
      cwd: project,
      env: { PATH: `${bin}:${join(process.execPath, '..')}:${process.env.PATH}`, CES_URL: service.url },
    }).catch((failed: { code: number; stdout: string }) => failed);
    assert.equal((graded as { code?: number }).code, 1);
    assert.match(graded.stdout, /\| double \| 1 of 1 \|\n\| missing \| 0 of 1 \|\n\nPoints: 1 of 2/);
  });

  test('stands beside a page to practise on, which shows no hidden test', async () => {
    const child = spawn(process.execPath, [join(PROJECT, 'examples/practice-page/server.mjs')], {
      env: { CES_URL: service.url, PORT: '0' },
    });
    try {
      const [line] = await once(child.stdout, 'data');
      const url = String(line).trim();
      assert.match(await (await fetch(url)).text(), /<h1>Two sum<\/h1>/);
      const code = 'print({"9": "0 1", "6": "1 2"}.get(input(), "MarkedWrong"))';
      const answer = await fetch(`${url}/submit`, {
        method: 'POST',
        body: JSON.stringify({ language: 'python', code }),
      });
      const { verdict, lines } = (await answer.json()) as { verdict: string; lines: string[] };
      assert.equal(verdict, 'Wrong answer: 2 of 4 tests');
      assert.doesNotMatch(lines.join('\n'), /MarkedWrong|0 2/);
    } finally {
      child.kill();
    }
  });

  test('runs a program again when it is saved', async () => {
    write('watched.py', 'print("first")\n');
    const child = spawn(join(project, 'node_modules/.bin/ces'), ['watch', 'watched.py'], {
      cwd: project,
      env: { PATH: `${join(process.execPath, '..')}:${process.env.PATH}`, CES_URL: service.url },
    });
    const deadline = setTimeout(() => child.kill('SIGKILL'), 20_000 * TIME_FACTOR);
    let output = '';
    for await (const data of child.stdout) {
      output += data;
      if (output === 'first\n') write('watched.py', 'print("second")\n');
      if (output.endsWith('second\n')) child.kill();
    }
    clearTimeout(deadline);
    assert.equal(output, 'first\nsecond\n');
  });

  test('explains itself, and distinguishes mistakes of a user from failures of the service', async () => {
    const help = await ces(['--help']);
    assert.equal(help.code, 0);
    assert.match(help.stdout, /ces test main\.cpp tests\/\*\.in/);
    assert.match((await ces(['run', '--help'])).stdout, /^ces run FILE/);
    const mistakes = [
      ['dance'],
      ['run'],
      ['run', 'none.py'],
      ['run', 'x.zzz'],
      ['run', '--what'],
      ['run', 'double.py', '-t', 'x'],
      ['problem', 'check'],
      ['problem', 'check', 'tests'],
      ['problem', 'put', 'squares.zip'],
      ['problem', 'show', 'squares.zip'],
    ];
    for (const words of mistakes) assert.equal((await ces(words)).code, 2, words.join(' '));
    const gone = await ces(['languages', '--url', 'http://127.0.0.1:1'], {});
    assert.deepEqual([gone.code, gone.stdout], [3, '']);
    assert.match(gone.stderr, /cannot be reached.* CES_URL /);
    assert.match(
      (await ces(['dance'])).stderr,
      /^ces: command must be one of run, .*, got "dance" \(see ces --help\)$/m,
    );
    assert.equal((await ces(['run', 'none.py'])).stderr, 'ces: there is no file none.py\n');
    for (const shell of ['bash', 'zsh', 'fish'])
      assert.match((await ces(['completion', shell])).stdout, /languages/);
    assert.equal((await run('bash', ['-n', '-c', (await ces(['completion', 'bash'])).stdout])).stderr, '');
  });
});
