// Which of several installed versions a request gets.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ServiceError } from '../errors.ts';
import { python } from '../languages/python.ts';
import type { Toolchain, ToolchainStatus } from '../toolchains/toolchain.ts';
import { chooseToolchain } from './choose-toolchain.ts';

function choose(
  version: string | undefined,
  installed: readonly string[],
  further: ToolchainStatus = 'missing',
) {
  const toolchains = {
    of: () =>
      installed.map(
        (each) =>
          ({ version: each, languageId: each.startsWith('3.13') ? 'python@3.13' : 'python' }) as Toolchain,
      ),
    status: (id: string) => (id === 'python@3.13' ? further : 'ready'),
    problem: () => null,
  };
  return chooseToolchain({ language: python }, toolchains, version).toolchain.version;
}

const BOTH = ['3.13.5', '3.11.2'];

for (const [version, found] of [
  [undefined, '3.11.2'],
  ['3.13', '3.13.5'],
  ['3', '3.13.5'],
  ['latest', '3.13.5'],
  ['*', '3.13.5'],
  ['<3.12', '3.11.2'],
] as const)
  test(`of 3.13.5 and 3.11.2, ${version ?? 'no version'} is ${found}`, () => {
    assert.equal(choose(version, BOTH), found);
  });

test('a version that is being installed can be asked for soon', () => {
  assert.throws(
    () => choose('3.13', ['3.11.2'], 'installing'),
    (error) =>
      error instanceof ServiceError &&
      error.code === 'unavailable' &&
      error.message === 'Python 3.13 is being installed and can be used soon',
  );
  assert.equal(choose('3', ['3.11.2'], 'installing'), '3.11.2');
});

test('a version that is not there is rejected with those that are', () => {
  assert.throws(
    () => choose('3.12', BOTH, 'installing'),
    /must be one of 3\.13\.5, 3\.11\.2 for python, .* got "3\.12"/,
  );
  assert.throws(
    () => choose('3.13', ['3.11.2']),
    /must be one of 3\.11\.2 for python, .* got "3\.13"; Python 3\.13 is not installed here$/,
  );
  assert.throws(() => choose('3.14', ['3.11.2']), /got "3\.14"$/);
});
