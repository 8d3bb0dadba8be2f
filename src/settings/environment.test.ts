// Where the value of a variable comes from.

import assert from 'node:assert/strict';
import { mkdtempDisposableSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { adoptVariables, readEnvironment } from './environment.ts';

const FILE = 'PORT=1\nHOST="from file"\n# DEBUG=true\nEMPTY=\nexport LOG_LEVEL=ERROR\n';

function read(variables: Record<string, string>, file = FILE) {
  using directory = mkdtempDisposableSync(join(tmpdir(), 'environment-'));
  const path = join(directory.path, '.env');
  writeFileSync(path, file);
  return readEnvironment(variables, path);
}

suite('the environment', () => {
  test('has priority over the file, unless a variable is empty', () => {
    const environment = read({ PORT: '2', HOST: ' ', OTHER: 'x' });
    assert.deepEqual(environment.variables, {
      PORT: '2',
      HOST: 'from file',
      OTHER: 'x',
      EMPTY: '',
      LOG_LEVEL: 'ERROR',
    });
    assert.deepEqual(environment.fileNames, ['EMPTY', 'HOST', 'LOG_LEVEL', 'PORT']);
  });

  test('reports the source of a value', () => {
    const environment = read({ PORT: '2', HOST: '' });
    assert.equal(environment.sourceOf('PORT'), 'environment');
    assert.equal(environment.sourceOf('HOST'), '.env');
    assert.equal(environment.sourceOf('LOG_LEVEL'), '.env');
    for (const name of ['EMPTY', 'DEBUG']) assert.equal(environment.sourceOf(name), 'default');
  });

  test('is enough without a file', () => {
    const environment = readEnvironment({ PORT: '2' }, '/there/is/no/.env');
    assert.deepEqual(environment.variables, { PORT: '2' });
    assert.deepEqual(environment.fileNames, []);
  });

  test('adds the variables of the file to the process, and changes none', (t) => {
    t.after(() => {
      delete process.env.ENVIRONMENT_TEST_OLD;
      delete process.env.ENVIRONMENT_TEST_NEW;
    });
    process.env.ENVIRONMENT_TEST_OLD = 'old';
    adoptVariables(read({ ENVIRONMENT_TEST_OLD: 'other' }, 'ENVIRONMENT_TEST_NEW=new'));
    assert.equal(process.env.ENVIRONMENT_TEST_OLD, 'old');
    assert.equal(process.env.ENVIRONMENT_TEST_NEW, 'new');
  });
});
