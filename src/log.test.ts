// The log's levels and the shape of its lines.

import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { loadConfig } from './config.ts';
import { createLog } from './log.ts';

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

  test('is one JSON object a line, with level and time as words', () => {
    const lines: string[] = [];
    createLog(loadConfig({}), { write: (line) => lines.push(line) }).info({ port: 1 }, 'listening');
    const { time, ...rest } = JSON.parse(lines[0] ?? '');
    assert.match(time, /^\d{4}-\d\d-\d\dT/);
    assert.deepEqual(rest, { level: 'info', port: 1, msg: 'listening' });
  });
});
