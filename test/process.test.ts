// Starting and stopping the process: what prevents a start, and what happens to executions when it stops.

import assert from 'node:assert/strict';
import { type ChildProcess, execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { suite, type TestContext, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { execute, launchFor, ready, type Service } from './service.ts';

const SLEEP = { language: 'python', code: 'import time\ntime.sleep(2)\nprint("slept")' };

/** Starts the service and waits until Python is ready. */
async function start(t: TestContext, environment: Record<string, string> = {}): Promise<Service> {
  return ready(await launchFor(t, environment), ['python']);
}

/** Starts it and runs a program, so that the next one is not still being validated when the service is stopped. */
async function startWarm(t: TestContext, environment: Record<string, string> = {}): Promise<Service> {
  const service = await start(t, environment);
  assert.equal((await execute(service, { language: 'python', code: 'pass' })).status, 200);
  return service;
}

/** Processes that it started itself, by a part of their command. */
function childrenOf({ pid }: ChildProcess, command: string): number[] {
  const found = execFileSync('pgrep', ['-P', String(pid), '-f', command], { encoding: 'utf8' });
  return found.trim().split('\n').map(Number);
}

async function output(child: ChildProcess): Promise<{ code: number; stderr: string }> {
  let stderr = '';
  child.stderr?.on('data', (data) => {
    stderr += data;
  });
  const [code] = await once(child, 'close');
  return { code, stderr };
}

/** The first line of the log with this message and field; it may come after the answer. */
async function logged(service: Service, message: string, field = 'msg') {
  for (let attempt = 0; attempt < 100; attempt += 1) {
    const found = service.lines
      .map((line) => JSON.parse(line))
      .find((line) => line.msg === message && line[field] !== undefined);
    if (found !== undefined) return found;
    await delay(50);
  }
  throw new Error(`no line of the log says ${message}`);
}

suite('the process', () => {
  test('runs a program, and exits with 0 on a signal', async (t) => {
    const service = await start(t);
    const result = await (await execute(service, { language: 'python', code: 'print(6 * 7)' })).json();
    assert.equal((result as { results: { stdout: string }[] }).results[0]?.stdout, '42\n');
    const { execution } = await logged(service, 'request', 'execution');
    assert.equal(execution.status, 'completed');
    assert.equal(execution.source_bytes, 'print(6 * 7)'.length);
    service.process.kill('SIGTERM');
    assert.deepEqual(await once(service.process, 'exit'), [0, null]);
  });

  test('lets running executions finish on a signal, and accepts no others', async (t) => {
    const service = await startWarm(t);
    const running = execute(service, SLEEP);
    await delay(500);
    service.process.kill('SIGTERM');
    await logged(service, 'stopping');
    const refused = await execute(service, SLEEP);
    assert.equal(refused.status, 503);
    assert.ok(Number(refused.headers.get('retry-after')) > 0);
    assert.equal(((await refused.json()) as { code: string }).code, 'shutting_down');
    assert.equal((await fetch(`${service.url}/health/ready`)).status, 503);
    assert.match(await (await running).text(), /slept/);
    assert.deepEqual(await once(service.process, 'exit'), [0, null]);
  });

  test('answers on a signal what is still being validated: nothing of it ran', async (t) => {
    const service = await startWarm(t);
    for (const child of childrenOf(service.process, 'analyzer-process')) process.kill(child, 'SIGSTOP');
    const validated = execute(service, { ...SLEEP, code: 'print("never analyzed")' });
    await delay(300);
    service.process.kill('SIGTERM');
    const answer = await validated;
    assert.equal(answer.status, 503);
    assert.equal(answer.headers.get('retry-after'), '10');
    assert.equal(((await answer.json()) as { code: string }).code, 'shutting_down');
    assert.deepEqual(await once(service.process, 'exit'), [0, null]);
  });

  test('ends running executions at once on a second signal', async (t) => {
    const service = await startWarm(t);
    const running = execute(service, { ...SLEEP, code: SLEEP.code.replace('2', '9') });
    await delay(500);
    service.process.kill('SIGINT');
    await logged(service, 'stopping');
    service.process.kill('SIGINT');
    assert.equal((await running).status, 503);
    assert.deepEqual(await once(service.process, 'exit'), [0, null]);
  });

  test('ends what runs when the grace is over', async (t) => {
    const service = await startWarm(t, { SHUTDOWN_GRACE_SECONDS: '1' });
    const running = execute(service, { ...SLEEP, code: SLEEP.code.replace('2', '9') });
    await delay(500);
    service.process.kill('SIGTERM');
    assert.equal((await running).status, 503);
    assert.deepEqual(await once(service.process, 'exit'), [0, null]);
  });

  test('ends the program of a client that disconnects', async (t) => {
    const service = await start(t);
    const controller = new AbortController();
    const request = { ...SLEEP, code: SLEEP.code.replace('2', '9') };
    const gone = execute(service, request, { signal: controller.signal });
    await delay(500);
    controller.abort();
    await assert.rejects(gone);
    assert.equal((await logged(service, 'execution')).execution.status, 'cancelled');
  });

  test('refuses to start with wrong settings, and names them', async (t) => {
    const { code, stderr } = await output(await launchFor(t, { PORT: 'x', HOST: '0.0.0.0' }));
    assert.equal(code, 1);
    assert.match(stderr, /PORT must be an integer from 0 to 65535, got "x"\n.*API_KEYS is not set/);
    assert.doesNotMatch(stderr, /at .*\.ts/);
  });

  test('says in one line when its port is taken', async (t) => {
    const other = createServer().listen(0, '127.0.0.1');
    t.after(() => other.close());
    await once(other, 'listening');
    const { port } = other.address() as { port: number };
    const { code, stderr } = await output(await launchFor(t, { PORT: String(port) }));
    assert.equal(code, 1);
    assert.match(stderr, /^The service cannot start: .*EADDRINUSE.*\n$/);
    assert.match(
      stderr,
      new RegExp(`port ${port} of 127\\.0\\.0\\.1 is in use .* or set PORT to another port`),
    );
  });

  test('says nothing of languages when its port is taken', async (t) => {
    const other = createServer().listen(0, '127.0.0.1');
    t.after(() => other.close());
    await once(other, 'listening');
    const { port } = other.address() as { port: number };
    const child = await launchFor(t, { PORT: String(port) });
    let stdout = '';
    child.stdout?.on('data', (data) => {
      stdout += data;
    });
    assert.equal((await output(child)).code, 1);
    assert.doesNotMatch(stdout, /All languages/);
  });
});
