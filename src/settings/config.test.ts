// Settings: defaults, what each variable allows, and the rule about keys and addresses.

import assert from 'node:assert/strict';
import { mkdtempDisposableSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { suite, test } from 'node:test';
import { loadCheckedConfig } from './checked-config.ts';
import { ConfigError, keyFilePath, loadConfig as loadConfigOf } from './config.ts';

/** Without the key file that a developer may have in the default directory. */
const loadConfig: typeof loadConfigOf = (environment) =>
  loadConfigOf({ DATA_DIR: '/nonexistent/data', ...environment });

suite('settings', () => {
  test('have the documented defaults', () => {
    const config = loadConfigOf({});
    assert.equal(config.host, '127.0.0.1');
    assert.equal(config.port, 3004);
    assert.equal(config.cpuLimit, 0.5);
    assert.equal(config.maxCodeLength, 50_000);
    assert.equal(config.maxTestCases, 100);
    assert.equal(config.executionTimeoutSeconds, 30);
    assert.equal(config.queueSize, 256);
    assert.equal(config.artifactCacheMb, 256);
    assert.equal(config.logLevel, 'INFO');
    assert.equal(config.debug, false);
    assert.equal(config.sandbox, 'auto');
    assert.equal(config.toolchains, 'auto');
    assert.equal(config.dataDirectory, resolve(import.meta.dirname, '../../data'));
    assert.deepEqual(config.apiKeys, []);
  });

  test('name languages that exist, in any of their names', () => {
    const languages = (written: string) => loadCheckedConfig({ LANGUAGES: written }).languages;
    assert.deepEqual(languages('python, C++'), ['python', 'C++']);
    assert.deepEqual(languages('python, node@24'), ['python', 'node@24']);
    assert.deepEqual(languages(''), []);
    for (const [written, problem] of [
      ['python,abap', /LANGUAGES names "abap", which is not one of python, javascript, .*, bash/],
      ['py@3.1', /LANGUAGES names "py@3\.1", which is not one of python, python@3\.13/],
      ['python java', /LANGUAGES must be a list of languages/],
    ] as const)
      assert.throws(
        () => languages(written),
        (error: ConfigError) => problem.test(error.problems.join()),
      );
  });

  test('are read from their variables, in any case and with white space around them', () => {
    const config = loadConfig({
      PORT: ' 8080 ',
      CPU_LIMIT: '1.5',
      LOG_LEVEL: 'warn',
      DEBUG: 'TRUE',
      SANDBOX: 'Native',
      API_KEYS: 'first-long-key, second-long-key',
      TRUST_PROXY: 'loopback, 10.0.0.0/8,::1',
      CORS_ORIGINS: 'https://app.example.org,http://localhost:5173',
      DATA_DIR: '/var/lib/service',
      DEBIAN_MIRROR: 'http://mirror.example/debian',
    });
    assert.equal(config.port, 8080);
    assert.equal(config.cpuLimit, 1.5);
    assert.equal(config.logLevel, 'WARNING');
    assert.equal(config.debug, true);
    assert.equal(config.sandbox, 'native');
    assert.deepEqual(config.apiKeys, ['first-long-key', 'second-long-key']);
    assert.deepEqual(config.trustedProxies, ['loopback', '10.0.0.0/8', '::1']);
    assert.deepEqual(config.corsOrigins, ['https://app.example.org', 'http://localhost:5173']);
    assert.equal(config.dataDirectory, '/var/lib/service');
    assert.equal(config.debianMirror, 'http://mirror.example/debian');
  });

  test('count as absent if empty', () => {
    assert.equal(loadConfig({ PORT: '', API_KEYS: ' ' }).port, 3004);
  });

  const refused: [variable: string, value: string, message: string][] = [
    ['PORT', '65536', 'PORT must be an integer from 0 to 65535, got "65536"'],
    ['PORT', '0x50', 'PORT must be an integer from 0 to 65535, got "0x50"'],
    ['PORT', '-1', 'PORT must be an integer from 0 to 65535, got "-1"'],
    ['CPU_LIMIT', 'NaN', 'CPU_LIMIT must be a number from 0.05 to 64, got "NaN"'],
    ['CPU_LIMIT', '0', 'CPU_LIMIT must be a number from 0.05 to 64, got "0"'],
    ['EXECUTION_TIMEOUT', '1e308', 'EXECUTION_TIMEOUT must be an integer from 1 to 300, got "1e308"'],
    ['DEBUG', 'maybe', 'DEBUG must be true or false, got "maybe"'],
    ['DEBUG', 'constructor', 'DEBUG must be true or false, got "constructor"'],
    ['SANDBOX', 'podman', 'SANDBOX must be one of auto, docker, native, got "podman"'],
    [
      'TRUST_PROXY',
      '10.0.0.0/33',
      'TRUST_PROXY must be addresses, with /BITS for networks, or `loopback`, `linklocal`, `uniquelocal`, ' +
        'separated by commas, got "10.0.0.0/33"',
    ],
    [
      'CORS_ORIGINS',
      'https://app.example.org/',
      'CORS_ORIGINS must be origins such as `https://app.example.org`, separated by commas, or `*`, ' +
        'got "https://app.example.org/"; write "https://app.example.org/" without the "/" at its end: ' +
        'https://app.example.org',
    ],
    ['DEBUG', '1', 'DEBUG must be true or false, got "1"'],
    ['METRICS_ENABLED', 'no', 'METRICS_ENABLED must be true or false, got "no"'],
    ['GATEWAY_PULL', 'on', 'GATEWAY_PULL must be true or false, got "on"'],
    ['DATA_DIR', '', 'DATA_DIR must be a path, got ""'],
    ['DATA_DIR', ' ', 'DATA_DIR must be a path, got ""'],
    ['DEBIAN_MIRROR', 'file:///etc', 'DEBIAN_MIRROR must be an http or https address, got "file:///etc"'],
  ];
  for (const [variable, value, message] of refused) {
    test(`refuse ${variable}=${value}`, () => {
      assert.throws(() => loadConfig({ [variable]: value }), new ConfigError([message]));
    });
  }

  test('report all problems at once', () => {
    const environment = { PORT: 'x', QUEUE_SIZE: 'y', HOST: '0.0.0.0' };
    assert.throws(() => loadConfig(environment), /^ConfigError: PORT .*\nQUEUE_SIZE .*\nHOST /);
  });

  test('never show the credentials in a rejected address', () => {
    assert.throws(
      () => loadConfig({ DEBIAN_MIRROR: 'ftp://ada:secret@mirror.example/debian' }),
      /^ConfigError: DEBIAN_MIRROR must be .* got "ftp:\/\/\*\*\*@mirror.example\/debian"$/,
    );
  });

  const keyHints: [variable: string, value: string, hint: RegExp][] = [
    ['API_KEYS', 'short', /; key 1 is too short, it has 5 of at least 12 characters/],
    ['ADMIN_API_KEY', 'secret', /; key 1 is too short, it has 6 of at least 12 characters/],
    ['API_KEYS', 'a-long-enough-key, hunter2', /; key 2 is too short, it has 7 of at least 12 characters/],
    ['API_KEYS', 'a long enough key', /; key 1 has a space, or a character that is not ASCII/],
    ['API_KEYS', 'grader:sha256:abcdef', /; key 1 has no digest of 64 hexadecimal digits/],
  ];
  for (const [variable, value, hint] of keyHints) {
    test(`refuse ${variable}=${value} with the reason and without the key`, () => {
      assert.throws(
        () => loadConfig({ [variable]: value }),
        ({ message }: Error) =>
          hint.test(message) &&
          message.startsWith(`${variable} must be 12 or more`) &&
          !message.replace('too short', '').includes(value),
      );
    });
  }

  const origins: [value: string, hint: string][] = [
    [
      'http://a.example,https://b.example/',
      'write "https://b.example/" without the "/" at its end: https://b.example',
    ],
    ['https://a.example/app', 'write "https://a.example/app" as browsers send it: https://a.example'],
    ['https://a.example:443', 'write "https://a.example:443" as browsers send it: https://a.example'],
    ['a.example', '"a.example" does not begin with http:// or https://'],
    ['localhost:5173', '"localhost:5173" does not begin with http:// or https://'],
  ];
  for (const [value, hint] of origins) {
    test(`refuse CORS_ORIGINS=${value} with what is wrong`, () => {
      assert.throws(
        () => loadConfig({ CORS_ORIGINS: value }),
        ({ message }: Error) => message.endsWith(`; ${hint}`),
      );
    });
  }

  test('never show a rejected key', () => {
    assert.throws(
      () => loadConfig({ API_KEYS: 'my secret' }),
      (error: Error) => /API_KEYS/.test(error.message) && !/secret/.test(error.message),
    );
  });

  for (const host of ['0.0.0.0', '::', '192.168.1.7', 'example.org', '127.0.0.1.example.org']) {
    test(`refuse HOST=${host} without keys, unless anyone may run programs`, () => {
      assert.throws(() => loadConfig({ HOST: host }), /API_KEYS is not set.*ALLOW_ANONYMOUS=true/);
      assert.equal(loadConfig({ HOST: host, ALLOW_ANONYMOUS: 'true' }).host, host);
      assert.equal(loadConfig({ HOST: host, API_KEYS: 'a-long-enough-key' }).host, host);
    });
  }

  test('allow a public HOST if a key file exists or is named', () => {
    using directory = mkdtempDisposableSync(join(tmpdir(), 'config-test-'));
    const environment = { HOST: '0.0.0.0', DATA_DIR: directory.path };
    assert.throws(() => loadConfig(environment), /nor is there a file of keys/);
    const named = loadConfig({ ...environment, API_KEYS_FILE: '/run/secrets/keys.json' });
    assert.equal(keyFilePath(named), '/run/secrets/keys.json');
    const path = join(directory.path, 'keys.json');
    writeFileSync(path, '{"keys": []}');
    assert.equal(keyFilePath(loadConfig(environment)), path);
  });

  for (const host of ['127.0.0.1', '127.1.2.3', '::1', 'localhost']) {
    test(`let HOST=${host} start without keys`, () => {
      assert.equal(loadConfig({ HOST: host }).host, host);
    });
  }
});
