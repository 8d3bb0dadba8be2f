// Starting and stopping the process: what prevents a start, and what happens to executions when it stops.

import assert from 'node:assert/strict';
import { type ChildProcess, execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { suite, type TestContext, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { execute, launchFor, ready, type Service, untilRunning } from './service.ts';

const SLEEP = { language: 'bash', code: 'sleep 3\necho slept' };
const SLEEP_LONG = { language: 'bash', code: 'sleep 60', time_limit: 30 };

/** Starts the service and waits until Bash, which has no parts to build, is ready. */
async function start(t: TestContext, environment: Record<string, string> = {}): Promise<Service> {
  const child = await launchFor(t, { LANGUAGES: 'bash', CODE_VALIDATION: 'off', ...environment });
  return ready(child, ['bash']);
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

/** The first line of the log with this message that is about an execution of this status, if given; it may come late. */
async function logged(service: Service, message: string, status?: string) {
  for (let attempt = 0; attempt < 100; attempt += 1) {
    const lines = service.lines.map((line) => JSON.parse(line)).filter(({ msg }) => msg === message);
    const found = lines.find(({ execution }) => status === undefined || execution?.status === status);
    if (found !== undefined) return found;
    await delay(50);
  }
  throw new Error(`no line of the log says ${message}`);
}

suite('the process', () => {
  test('runs a program, ends that of a client that disconnects, and exits with 0 on a signal', async (t) => {
    const service = await start(t);
    const code = 'echo $((6 * 7))';
    const result = await (await execute(service, { language: 'bash', code })).json();
    assert.equal((result as { results: { stdout: string }[] }).results[0]?.stdout, '42\n');
    const { execution } = await logged(service, 'request', 'completed');
    assert.equal(execution.source_bytes, code.length);

    const controller = new AbortController();
    const gone = execute(service, SLEEP_LONG, { signal: controller.signal });
    await untilRunning(service);
    controller.abort();
    await assert.rejects(gone);
    await logged(service, 'execution', 'cancelled');
    service.process.kill('SIGTERM');
    assert.deepEqual(await once(service.process, 'exit'), [0, null]);
  });

  test('lets running executions finish on a signal, and accepts no others', async (t) => {
    const service = await start(t);
    const running = execute(service, SLEEP);
    await untilRunning(service);
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
    const service = await start(t, { CODE_VALIDATION: 'enforce' });
    // The first submission waits until the analyzers are warm.
    assert.equal((await execute(service, { language: 'bash', code: ':' })).status, 200);
    for (const child of childrenOf(service.process, 'analyzer-process')) process.kill(child, 'SIGSTOP');
    const validated = execute(service, { ...SLEEP, code: 'echo never analyzed' });
    await delay(300);
    service.process.kill('SIGTERM');
    const answer = await validated;
    assert.equal(answer.status, 503);
    assert.equal(answer.headers.get('retry-after'), '10');
    assert.equal(((await answer.json()) as { code: string }).code, 'shutting_down');
    assert.deepEqual(await once(service.process, 'exit'), [0, null]);
  });

  test('ends running executions at once on a second signal', async (t) => {
    const service = await start(t);
    const running = execute(service, SLEEP_LONG);
    await untilRunning(service);
    service.process.kill('SIGINT');
    await logged(service, 'stopping');
    service.process.kill('SIGINT');
    assert.equal((await running).status, 503);
    assert.deepEqual(await once(service.process, 'exit'), [0, null]);
  });

  test('ends what runs when the grace is over', async (t) => {
    const service = await start(t, { SHUTDOWN_GRACE_SECONDS: '1' });
    const running = execute(service, SLEEP_LONG);
    await untilRunning(service);
    service.process.kill('SIGTERM');
    assert.equal((await running).status, 503);
    assert.deepEqual(await once(service.process, 'exit'), [0, null]);
  });

  test('refuses to start with wrong settings, and names them', async (t) => {
    const { code, stderr } = await output(await launchFor(t, { PORT: 'x', HOST: '0.0.0.0' }));
    assert.equal(code, 1);
    assert.match(stderr, /PORT must be an integer from 0 to 65535, got "x"\n.*API_KEYS is not set/);
    assert.doesNotMatch(stderr, /at .*\.ts/);
  });

  test('says in one line when its port is taken, and nothing of languages', async (t) => {
    const other = createServer().listen(0, '127.0.0.1');
    t.after(() => other.close());
    await once(other, 'listening');
    const { port } = other.address() as { port: number };
    const child = await launchFor(t, { PORT: String(port) });
    let stdout = '';
    child.stdout?.on('data', (data) => {
      stdout += data;
    });
    const { code, stderr } = await output(child);
    assert.equal(code, 1);
    assert.doesNotMatch(stdout, /All languages/);
    assert.match(stderr, /^The service cannot start: .*EADDRINUSE.*\n$/);
    assert.match(
      stderr,
      new RegExp(`port ${port} of 127\\.0\\.0\\.1 is in use .* or set PORT to another port`),
    );
  });
});
