// Which paths are beyond the work directory, and which files no source may include.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isOutsidePath, isOutsideSource, SYSTEM_DIRECTORY } from './outside-paths.ts';

const SYSTEM = 'etc proc sys dev root var boot run bin sbin lib lib64 host'.split(' ');
const SECRETS = '.ssh .aws .gnupg .kube .docker .netrc .git-credentials'.split(' ');

test('directories of the system are outside, however the path is written', () => {
  for (const directory of SYSTEM) {
    for (const path of [`/${directory}`, `/${directory}/x`, `//${directory}//x`, `/a/../${directory}`])
      assert.equal(isOutsidePath(path), true, path);
    assert.equal(isOutsidePath(`/${directory}x`), false, directory);
    assert.equal(isOutsidePath(`a/${directory}/x`), false, directory);
    assert.equal(SYSTEM_DIRECTORY.test(`/${directory}`), true, directory);
  }
  for (const path of ['/', '..', '../x', 'a/../../x', '~', '~/x', '~ann/x', 'file:///etc/passwd'])
    assert.equal(isOutsidePath(path), true, path);
});

test('what people keep secrets in is outside, wherever their home is', () => {
  for (const name of SECRETS) {
    for (const path of [`/home/ann/${name}`, `/opt/x/${name}/y`, `${name}/y`, name])
      assert.equal(isOutsidePath(path), true, path);
    for (const path of [`/home/ann/x${name}`, `/home/ann/${name}x`])
      assert.equal(isOutsidePath(path), false, path);
  }
});

test('standard streams, directories of a box and files that may not be there are inside', () => {
  for (const path of [
    '/dev/stdin',
    '/dev/stdout',
    '/dev/stderr',
    '/dev/null',
    '/dev/zero',
    '/dev/urandom',
    '/dev/tty',
    '/dev/fd/2',
    '/proc/self/fd/0',
    '/box/x',
    '/code/x',
    '/build/x',
    '/tmp/x',
    '/no/such/file',
    'x',
    './x',
    'a/../x',
    '',
  ])
    assert.equal(isOutsidePath(path), false, path);
  for (const path of ['/dev/fd/3', '/proc/self/fd/3', '/proc/self/fd/0/..', '/dev/nullx'])
    assert.equal(isOutsidePath(path), true, path);
});

test('a source may include what lies within two directories above it, and nothing by an absolute path', () => {
  for (const path of ['x.h', 'a/b.h', '../x.h', '../../x.h', '../a/../../x.h', '/code/x.h', '/box/x'])
    assert.equal(isOutsideSource(path), false, path);
  for (const path of [
    '/usr/include/x.h',
    '/etc/x',
    'file:///etc/x',
    '../../../x.h',
    '../etc/x',
    'a/../../proc/x',
  ])
    assert.equal(isOutsideSource(path), true, path);
});
