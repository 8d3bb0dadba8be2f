// The log's levels and the shape of its lines.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { suite, type TestContext, test } from 'node:test';
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
    const logged = errorLogged(
      new TypeError('cannot serve', { cause: new Error('cannot read', { cause: root }) }),
    );
    assert.equal(logged.type, 'TypeError');
    assert.equal(logged.message, 'cannot serve');
    assert.match(logged.stack[0], /^at .*log\.test\.ts/);
    assert.equal(logged.cause.message, 'cannot read');
    assert.equal(logged.cause.cause.message, 'no such file');
    assert.equal(logged.cause.cause.code, 'ENOENT');
  });

  test('has what several attempts failed with, and what is thrown and no error', () => {
    const logged = errorLogged(new AggregateError([new Error('over IPv6'), new Error('over IPv4')]));
    assert.deepEqual(
      logged.errors.map(({ message }: Error) => message),
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

suite('standard output', () => {
  /** A process that has a log and runs this code. */
  function start(t: TestContext, code: string) {
    const script = `import { createLog } from ${JSON.stringify(import.meta.resolve('./log.ts'))};
      const log = createLog({ logLevel: 'INFO', debug: false });
      const many = () => { for (let line = 1; line <= 2000; line += 1) log.info({ line }, 'one of many'); };
      ${code}`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    t.after(() => child.kill('SIGKILL'));
    return child;
  }

  async function printedBy(t: TestContext, code: string): Promise<string[]> {
    const child = start(t, code);
    const texts = await Promise.all([child.stdout.setEncoding('utf8').toArray(), once(child, 'close')]);
    return texts[0].join('').split('\n').slice(0, -1);
  }

  test('gets every line of a process that exits, or ends by itself', async (t) => {
    for (const end of ['process.exit(0)', '']) {
      const lines = await printedBy(t, `many(); log.info('last'); ${end}`);
      assert.equal(lines.length, 2001);
      assert.equal(JSON.parse(lines.at(-1) ?? '').msg, 'last');
    }
  });

  test('gets every line of a process that fails, and why it failed', async (t) => {
    const lines = await printedBy(
      t,
      `process.on('uncaughtException', (err) => { log.fatal({ err }, 'the service failed'); process.exit(1); });
       many(); setImmediate(() => { log.info('last'); throw new Error('a bug'); });`,
    );
    const messages = lines.map((line) => JSON.parse(line).msg);
    assert.equal(messages.length, 2002);
    assert.ok(messages.includes('last') && messages.includes('the service failed'));
  });

  test('gets a line soon, while the process goes on', async (t) => {
    const child = start(t, `log.info('working'); setInterval(() => {}, 60_000);`);
    const [line] = await once(createInterface(child.stdout), 'line');
    assert.equal(JSON.parse(line).msg, 'working');
  });

  test('is written to less often than there are lines', async (t) => {
    const child = start(
      t,
      `import { readFileSync } from 'node:fs';
       const writes = () => Number(/syscw: (\\d+)/.exec(readFileSync('/proc/self/io', 'utf8'))[1]);
       const before = writes(); many();
       setTimeout(() => process.stderr.write(String(writes() - before)), 500);`,
    );
    child.stdout.resume();
    const counted = Number((await child.stderr.setEncoding('utf8').toArray()).join(''));
    assert.ok(counted > 0 && counted < 200, `${counted} writes`);
  });

  test('that nobody reads is no reason to keep lines without end, and what was dropped is reported', async (t) => {
    const child = start(
      t,
      `const text = 'x'.repeat(10_000);
       for (let line = 0; line < 4000; line += 1) log.info({ text }, 'long');
       process.stderr.write('written'); setInterval(() => {}, 60_000);`,
    );
    await once(child.stderr, 'data');
    for await (const line of createInterface(child.stdout)) {
      const { msg, lines } = JSON.parse(line);
      if (msg === 'long') continue;
      assert.equal(msg, 'lines of the log were dropped: nothing read it');
      assert.ok(lines > 1000, `${lines} lines`);
      break;
    }
  });
});
