// The names and versions by which clients ask for a language: standards, numbers behind a name, ranges, and what is
// said to those who mistype.

import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { execute } from '../service.ts';
import { run, theService, useService } from './shared-service.ts';

useService();

const STANDARD_OF_CPP = '#include <bits/stdc++.h>\nint main() { std::printf("%ld", __cplusplus / 100); }\n';
const STANDARD_OF_C = '#include <stdio.h>\nint main(void) { printf("%ld", __STDC_VERSION__ / 100); }\n';

suite('a standard', () => {
  for (const [request, printed] of [
    [{ language: 'c++20' }, '2020'],
    [{ language: 'C++20' }, '2020'],
    [{ language: 'cpp20' }, '2020'],
    [{ language: 'g++20' }, '2020'],
    [{ language: 'gnu++20' }, '2020'],
    [{ language: 'c++2a' }, '2020'],
    [{ language: 'c++-20' }, '2020'],
    [{ language: 'cpp', version: '20' }, '2020'],
    [{ language: 'cpp', version: 'c++20' }, '2020'],
    [{ language: 'c++', version: 'gnu++14' }, '2014'],
    [{ language: 'c++11' }, '2011'],
    [{ language: 'c++14' }, '2014'],
    [{ language: 'c++17' }, '2017'],
    [{ language: 'cpp' }, '2017'],
    [{ language: 'c++98' }, '1997'],
  ] as const) {
    test(`of C++ is chosen by ${JSON.stringify(request)}`, async () => {
      const answer = await run({ ...request, code: STANDARD_OF_CPP });
      assert.deepEqual(
        [answer.language, answer.results[0]?.stdout],
        ['cpp', printed],
        JSON.stringify(answer),
      );
    });
  }

  for (const [request, printed] of [
    [{ language: 'c11' }, '2011'],
    [{ language: 'C17' }, '2017'],
    [{ language: 'gnu99' }, '1999'],
    [{ language: 'c', version: 'c99' }, '1999'],
    [{ language: 'c' }, '2017'],
  ] as const) {
    test(`of C is chosen by ${JSON.stringify(request)}`, async () => {
      const answer = await run({ ...request, code: STANDARD_OF_C });
      assert.deepEqual([answer.language, answer.results[0]?.stdout], ['c', printed], JSON.stringify(answer));
    });
  }

  test('of C++23 knows what is new in it', async () => {
    const code =
      '#include <cstdio>\n#include <utility>\nint main() { std::printf("%d", std::to_underlying(static_cast<std::byte>(7))); }\n';
    const answer = await run({ language: 'c++23', code: `#include <cstddef>\n${code}` });
    assert.equal(answer.results[0]?.stdout, '7', JSON.stringify(answer));
  });

  test('is an edition of Rust', async () => {
    // `async` became a keyword in 2018.
    const code = 'fn main() { let async = 7; println!("{}", async); }\n';
    assert.equal((await run({ language: 'rust2015', code })).results[0]?.stdout, '7\n');
    assert.equal((await run({ language: 'rust', code })).status, 'compilation_error');
  });

  test('is listed among the names of its language', async () => {
    const response = await fetch(`${theService().url}/api/v1/languages`);
    const languages = (await response.json()) as { id: string; aliases: string[] }[];
    const namesOf = (id: string) => languages.find((language) => language.id === id)?.aliases ?? [];
    for (const name of ['c++11', 'c++14', 'c++17', 'c++20', 'c++23'])
      assert.ok(namesOf('cpp').includes(name), name);
    for (const name of ['c99', 'c11', 'c17']) assert.ok(namesOf('c').includes(name), name);
    const all = languages.flatMap(({ id, aliases }) => [id, ...aliases]);
    assert.equal(new Set(all).size, all.length);
  });
});

suite('a version', () => {
  const HELLO = { language: 'python', code: 'print("hi")\n' };
  for (const request of [
    ...['latest', '*', '3', '3.x', '3.*', '>=3.8', '^3.8.0', '~3.11', '>=3.8 <4'].map((version) => ({
      version,
    })),
    ...['python3', 'py3', 'Python 3', 'python-3', 'PY'].map((language) => ({ language })),
  ]) {
    test(`may be asked for by ${JSON.stringify(request)}`, async () => {
      const answer = await run({ ...HELLO, ...request });
      assert.deepEqual([answer.language, answer.results[0]?.stdout], ['python', 'hi\n']);
    });
  }

  test('may stand behind the name of a runtime', async () => {
    const response = await fetch(`${theService().url}/api/v1/languages`);
    const languages = (await response.json()) as { id: string; version: string }[];
    for (const [id, name, code] of [
      ['javascript', 'node', 'console.log("hi");\n'],
      ['java', 'java', 'class Main { public static void main(String[] a) { System.out.println("hi"); } }'],
    ] as const) {
      const version = languages.find((language) => language.id === id)?.version ?? '';
      const answer = await run({ language: `${name}${version.split('.')[0]}`, code });
      assert.deepEqual([answer.language, answer.version, answer.results[0]?.stdout], [id, version, 'hi\n']);
    }
  });

  for (const [request, detail] of [
    [{ version: '2' }, /^version must be one of 3\./],
    [{ version: '>=4' }, /^version must be one of 3\./],
    [{ language: 'python2' }, /^version must be one of 3\..* got "2"/],
    [{ language: 'c++99' }, /^version must be .*or a standard: .*20.* got "99"/],
  ] as const) {
    test(`that there is not is refused: ${JSON.stringify(request)}`, async () => {
      const response = await execute(theService(), { ...HELLO, ...request });
      const answer = (await response.json()) as { code: string; detail: string };
      assert.deepEqual([response.status, answer.code], [422, 'unsupported_version']);
      assert.match(answer.detail, detail);
    });
  }
});

for (const [language, meant] of [
  ['pyhton', 'python'],
  ['Javscript', 'javascript'],
  ['typescirpt', 'typescript'],
  ['rsut', 'rust'],
] as const) {
  test(`who writes ${language} is asked whether it is ${meant}`, async () => {
    const response = await execute(theService(), { language, code: 'x' });
    const answer = (await response.json()) as { code: string; detail: string };
    assert.deepEqual([response.status, answer.code], [422, 'unsupported_language']);
    assert.match(answer.detail, new RegExp(`^language must be one of .* did you mean "${meant}"\\?$`));
  });
}
