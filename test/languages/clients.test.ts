// What clients can rely on beyond one program: versions, compiled programs that are kept, disconnecting, and many
// clients at once.

import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { LANGUAGES } from '../../src/languages/catalog.ts';
import { execute, TIME_FACTOR } from '../service.ts';
import { run, theService, useService } from './shared-service.ts';

const SLOTS = 2;
// A part of C++ that becomes ready in between makes another build of the same source.
useService({ CONCURRENCY: String(SLOTS) }, 'with all parts');

const HELLO = { language: 'python', code: 'print("hello")\n' };

suite('a version', () => {
  test('may be given in full or by its beginning, and is returned in full', async () => {
    const { version } = await run(HELLO);
    assert.match(version, /^3\.\d+\.\d+$/);
    const [major, minor] = version.split('.');
    for (const asked of [version, `${major}.${minor}`, `${major}`]) {
      assert.equal((await run({ ...HELLO, version: asked })).version, version);
    }
  });

  for (const version of ['2', '3.1', '99', 'x']) {
    test(`that is not there is refused with those that are: ${version}`, async () => {
      const response = await execute(theService(), { ...HELLO, version });
      const { code, detail } = (await response.json()) as { code: string; detail: string };
      assert.deepEqual([response.status, code], [422, 'unsupported_version']);
      assert.match(detail, /^version must be one of 3\.\d+\.\d+/);
    });
  }

  test('is not needed: every language answers to its aliases, in any case', async () => {
    for (const [alias, id] of [
      ['PY', 'python'],
      ['JS', 'javascript'],
      ['sh', 'bash'],
    ] as const) {
      const example = LANGUAGES.find((language) => language.id === id)?.examples.hello;
      const answer = await run({ language: alias, code: example?.code ?? '' });
      assert.deepEqual([answer.language, answer.results[0]?.stdout], [id, 'Hello, World!\n']);
    }
  });
});

suite('a compiled program', () => {
  test('is kept: the same source is not compiled again, and runs with other inputs', async () => {
    const code = `#include <iostream>\n// ${Math.random()}\nint main() { int n; std::cin >> n; std::cout << n + 1; }\n`;
    const first = await run({ language: 'cpp', code, stdin: '1' });
    const second = await run({ language: 'cpp', code, stdin: '41' });
    assert.deepEqual([first.compile?.cached, second.compile?.cached], [false, true]);
    assert.deepEqual([first.results[0]?.stdout, second.results[0]?.stdout], ['2', '42']);
  });

  test('is not taken for another that differs in one file', async () => {
    const code = `#include "n.h"\n#include <iostream>\n// ${Math.random()}\nint main() { std::cout << N; }\n`;
    const withN = (n: number) =>
      run({ language: 'cpp', code, files: [{ path: 'n.h', content: `#define N ${n}\n` }] });
    const outputs = [await withN(1), await withN(2), await withN(1)].map(({ compile, results }) => [
      compile?.cached,
      results[0]?.stdout,
    ]);
    assert.deepEqual(outputs, [
      [false, '1'],
      [false, '2'],
      [true, '1'],
    ]);
  });

  test('that is broken stays broken, with the same words', async () => {
    const broken = {
      language: 'c',
      code: `int main(void) { return x${Math.random().toString().slice(2)}; }\n`,
    };
    const [first, second] = [await run(broken), await run(broken)];
    assert.equal(first.status, 'compilation_error');
    assert.equal(second.compile?.stderr, first.compile?.stderr);
  });
});

suite('a client that disconnects', () => {
  const LONG = { language: 'python', code: 'import time\ntime.sleep(20)\n', time_limit: 15 };

  test('frees the slots that its programs held and its place in the queue', async () => {
    const clients = Array.from({ length: 3 * SLOTS }, () => {
      const controller = new AbortController();
      const answer = execute(theService(), LONG, { signal: controller.signal });
      return { controller, ended: assert.rejects(answer, { name: 'AbortError' }) };
    });
    await delay(500 * TIME_FACTOR);
    const waiting = run(HELLO);
    for (const { controller, ended } of clients) {
      controller.abort();
      await ended;
    }
    const start = performance.now();
    assert.equal((await waiting).results[0]?.stdout, 'hello\n');
    await Promise.all(Array.from({ length: SLOTS }, () => run(HELLO)));
    const elapsed = performance.now() - start;
    assert.ok(elapsed < 3000 * TIME_FACTOR, `${elapsed} ms`);
  });

  test('ends a compiler too', async () => {
    const controller = new AbortController();
    const code = `#include <array>\ntemplate <int N> struct F { static constexpr long v = F<N - 1>::v + F<N - 2>::v; };
template <> struct F<0> { static constexpr long v = ${Date.now() % 1000}; };\ntemplate <> struct F<1> { static constexpr long v = 1; };
constexpr long slow(long n) { long s = 0; for (long i = 0; i < n; i++) s += i % 7; return s; }
int main() { constexpr long x = slow(30000000); return x + F<500>::v; }\n`;
    const answer = execute(theService(), { language: 'cpp', code }, { signal: controller.signal });
    await delay(150); // compiling takes several times that
    controller.abort();
    await assert.rejects(answer, { name: 'AbortError' });
    const results = await Promise.all(Array.from({ length: SLOTS }, () => run(HELLO)));
    assert.deepEqual(
      results.map(({ status }) => status),
      Array(SLOTS).fill('completed'),
    );
  });
});

test('20 clients with all languages at once all get the right answers', async () => {
  const clients = Array.from({ length: 20 }, async (_, client) => {
    const language = LANGUAGES[client % LANGUAGES.length];
    assert.ok(language);
    const tests = Array.from({ length: 4 }, (_, n) => ({
      input: `${client * 100} ${n}\n`,
      expected_output: `${client * 100 + n}\n`,
    }));
    const answer = await run({ language: language.id, code: language.examples.sum.code, test_cases: tests });
    assert.equal(answer.status, 'accepted', JSON.stringify(answer));
    assert.deepEqual(
      answer.results.map(({ stdout }) => stdout),
      tests.map(({ expected_output }) => expected_output),
    );
  });
  await Promise.all(clients);
});

test('100 short requests one after the other leave nothing behind', async () => {
  const times: number[] = [];
  for (let n = 0; n < 100; n++) {
    const start = performance.now();
    const answer = await run({ language: 'bash', code: `echo ${n}\n` });
    times.push(performance.now() - start);
    assert.equal(answer.results[0]?.stdout, `${n}\n`);
  }
  const median = (values: number[]) => values.sort((a, b) => a - b)[values.length >> 1] ?? 0;
  const [early, late] = [median(times.slice(0, 50)), median(times.slice(50))];
  assert.ok(late < 3 * early + 20 * TIME_FACTOR, `${early} ms, then ${late} ms`);
});
