// Settings for people: the table, the template of `.env`, and what is in force.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import { suite, test } from 'node:test';
import { parseEnv } from 'node:util';
import { loadConfig, SETTINGS } from './config.ts';
import { environmentExample, settingsDocument, settingsInForce, settingsReport } from './config-report.ts';
import { readEnvironment } from './environment.ts';

const names = Object.values(SETTINGS).map(({ name }) => name);

function inForce(variables: Record<string, string>) {
  const found = settingsInForce(readEnvironment(variables, '/there/is/no/.env'));
  const rowOf = (name: string) => found.rows.find((row) => row.name === name);
  return { ...found, rowOf };
}

suite('the table of settings', () => {
  test('has a row for each', () => {
    const table = settingsDocument();
    assert.match(table, /^\| Variable \| Default \| Allowed \| Meaning \|\n\|---/m);
    assert.match(table, /\| `MAX_CODE_LENGTH` \| `50000` \| an integer from 1 to 1000000 \| /);
    for (const name of names) assert.ok(table.includes(`| \`${name}\` |`), name);
  });
});

suite('the template of .env', () => {
  test('changes nothing as it is, and sets the defaults if all of it is uncommented', () => {
    const example = environmentExample();
    assert.deepEqual(parseEnv(example), {});
    const uncommented = parseEnv(example.replace(/^#([A-Z])/gm, '$1'));
    assert.deepEqual(Object.keys(uncommented).sort(), names.toSorted());
    assert.deepEqual(loadConfig(uncommented), loadConfig({}));
  });
});

suite('the settings in force', () => {
  test('are those that the service reads, each with its source', () => {
    const { rowOf, problems } = inForce({ PORT: '08080', LOG_LEVEL: 'warn' });
    assert.deepEqual(rowOf('PORT'), { name: 'PORT', value: '8080', source: 'environment' });
    assert.deepEqual(rowOf('LOG_LEVEL'), { name: 'LOG_LEVEL', value: 'WARNING', source: 'environment' });
    assert.deepEqual(rowOf('HOST'), { name: 'HOST', value: '127.0.0.1', source: 'default' });
    assert.deepEqual(rowOf('DEBIAN_MIRROR'), { name: 'DEBIAN_MIRROR', value: '(none)', source: 'default' });
    assert.deepEqual(problems, []);
  });

  test('never show a secret', () => {
    const secrets = Object.values(SETTINGS).filter((setting) => 'secret' in setting && setting.secret);
    assert.ok(secrets.length > 0);
    const variables = Object.fromEntries(secrets.map(({ name }) => [name, 'MARKED-SECRET']));
    const found = inForce({ ...variables, DEBIAN_MIRROR: 'http://ada:MARKED-SECRET@mirror.example/debian' });
    assert.equal(found.rowOf('API_KEYS')?.value, '(set, not shown)');
    assert.equal(found.rowOf('DEBIAN_MIRROR')?.value, 'http://***@mirror.example/debian');
    assert.doesNotMatch(settingsReport(found), /MARKED/);
  });

  test('name every error that would stop the start', () => {
    const found = inForce({ PORT: 'x', HOST: '0.0.0.0', DATA_DIR: '/nonexistent/data' });
    assert.equal(found.rowOf('PORT')?.value, '(refused)');
    assert.equal(found.problems.length, 2);
    assert.match(settingsReport(found), /would not start:\n {2}PORT must be .*\n {2}HOST is 0\.0\.0\.0/);
  });

  for (const rule of ['python/networks', 'pyton/network', '*/networks', 'complexity/size']) {
    test(`name a rule that does not exist: ${rule}`, () => {
      const { problems } = inForce({ PORT: 'x', VALIDATION_RULES: `python/network=off,${rule}=off` });
      assert.equal(problems.length, 2);
      const message = problems[1] ?? '';
      assert.ok(
        message.startsWith(`VALIDATION_RULES must name rules that exist, got "${rule}"; rules `),
        message,
      );
      assert.match(message, /python\/network|complexity\/nesting/);
    });
  }

  test('reject an empty directory', () => {
    const found = inForce({ DATA_DIR: '' });
    assert.deepEqual(found.rowOf('DATA_DIR')?.value, '(refused)');
    assert.deepEqual(found.problems, ['DATA_DIR must be a path, got ""']);
  });

  test('name variables of the file that are not settings', () => {
    const environment = { ...readEnvironment({}, '/no'), fileNames: ['PORT', 'MAX_CODE_LENGHT'] };
    const report = settingsReport(settingsInForce(environment));
    assert.match(report, /Not settings of this service, but in \.env: MAX_CODE_LENGHT$/);
  });

  test('are what the script prints; it fails if the service would not start', () => {
    const run = (variables: Record<string, string>) =>
      spawnSync(process.execPath, [resolve(import.meta.dirname, '../../scripts/config.ts')], {
        env: variables,
        encoding: 'utf8',
      });
    const good = run({ PORT: '8080', API_KEYS: 'MARKED-SECRET' });
    assert.match(good.stdout, /^PORT +8080 +environment$/m);
    assert.doesNotMatch(good.stdout + good.stderr, /MARKED/);
    assert.equal(good.status, 0);
    const bad = run({ PORT: 'x' });
    assert.match(bad.stdout, /PORT must be an integer from 0 to 65535, got "x"/);
    assert.equal(bad.status, 1);
  });
});
