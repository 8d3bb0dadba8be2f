// The log's levels and the shape of its lines.

import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { createLog } from './log.ts';
import { loadConfig } from './settings/config.ts';

suite('the log', () => {
  function linesOf(environment: Record<string, string>): string[] {
    const lines: string[] = [];
    const log = createLog(loadConfig(environment), { write: (line) => lines.push(line) });
    log.debug('debug');
    log.info('info');
    log.warn('warn');
    return lines.map((line) => JSON.parse(line).msg);
  }

  test('holds lines of its level and above', () => {
    assert.deepEqual(linesOf({}), ['info', 'warn']);
    assert.deepEqual(linesOf({ LOG_LEVEL: 'warning' }), ['warn']);
  });

  test('holds debug lines with DEBUG=true', () => {
    assert.deepEqual(linesOf({ DEBUG: 'true', LOG_LEVEL: 'error' }), ['debug', 'info', 'warn']);
  });

  test('holds even more with TRACE, whatever DEBUG says', () => {
    const log = createLog(loadConfig({ DEBUG: 'true', LOG_LEVEL: 'trace' }), { write: () => {} });
    assert.ok(log.isLevelEnabled('trace'));
  });

  test('is one JSON object a line, with level and time as words', () => {
    const lines: string[] = [];
    createLog(loadConfig({}), { write: (line) => lines.push(line) }).info({ port: 1 }, 'listening');
    const { time, ...rest } = JSON.parse(lines[0] ?? '');
    assert.match(time, /^\d{4}-\d\d-\d\dT/);
    assert.deepEqual(rest, { level: 'info', port: 1, msg: 'listening' });
  });

  function errorLogged(error: unknown) {
    const lines: string[] = [];
    createLog(loadConfig({}), { write: (line) => lines.push(line) }).error({ err: error }, 'failed');
    return JSON.parse(lines[0] ?? '').err;
  }

  test('has an error with the chain of its causes', () => {
    const root = Object.assign(new Error('no such file'), { code: 'ENOENT' });
    const told = errorLogged(
      new TypeError('cannot serve', { cause: new Error('cannot read', { cause: root }) }),
    );
    assert.equal(told.type, 'TypeError');
    assert.equal(told.message, 'cannot serve');
    assert.match(told.stack[0], /^at .*log\.test\.ts/);
    assert.equal(told.cause.message, 'cannot read');
    assert.equal(told.cause.cause.message, 'no such file');
    assert.equal(told.cause.cause.code, 'ENOENT');
  });

  test('has what several attempts failed with, and what is thrown and no error', () => {
    const told = errorLogged(new AggregateError([new Error('over IPv6'), new Error('over IPv4')]));
    assert.deepEqual(
      told.errors.map(({ message }: Error) => message),
      ['over IPv6', 'over IPv4'],
    );
    const { stack: _stack, ...rest } = errorLogged(new Error('x', { cause: 7 }));
    assert.deepEqual(rest, { type: 'Error', message: 'x', cause: { type: 'number', message: '7' } });
  });

  test('has nothing else of an error, and of each a bounded part', () => {
    const error = Object.assign(new Error('x'.repeat(100_000)), {
      body: 'SECRET',
      request: { code: 'SECRET' },
    });
    error.cause = error;
    const text = JSON.stringify(errorLogged(error));
    assert.doesNotMatch(text, /SECRET/);
    assert.ok(text.length < 30_000);
  });
});
