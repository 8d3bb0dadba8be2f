// Traces of the whole process, sent to a collector of this test: what they hold, what they never hold, and that a
// collector that is lost or never answers harms nobody.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite, type TestContext, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { REDIS_MISSING, startRedis } from '../src/redis/redis-fixture.ts';
import { ended, startInFleet } from './fleet.ts';
import { execute, launch, launchFor, ready, type Service, stop, untilRunning } from './service.ts';

const TRACE_ID = '0af7651916cd43dd8448eb211c80319c';
const PARENT_ID = 'b7ad6b7169203331';
const TRACEPARENT = `00-${TRACE_ID}-${PARENT_ID}-01`;

/** As it comes over the wire. */
interface Span {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly kind: number;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly attributes: readonly { key: string; value: Record<string, unknown> }[];
  readonly events?: readonly { name: string }[];
}

interface Collector {
  readonly url: string;
  /** The bodies that came, as text. */
  readonly bodies: string[];
  spans(): Span[];
}

/** A collector that takes everything, or one that never answers. */
async function collect(t: TestContext, answers = true): Promise<Collector> {
  const bodies: string[] = [];
  const server = createServer(async (request, response) => {
    assert.equal(request.url, '/v1/traces');
    bodies.push(Buffer.concat(await request.toArray()).toString());
    if (answers) response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    bodies,
    spans: () =>
      bodies.flatMap((body) =>
        resourcesIn(body)
          .flatMap(({ scopeSpans }) => scopeSpans)
          .flatMap(({ spans }) => spans),
      ),
  };
}

function resourcesIn(body: string) {
  return JSON.parse(body).resourceSpans as {
    resource: { attributes: Span['attributes'] };
    scopeSpans: { spans: Span[] }[];
  }[];
}

async function start(
  t: TestContext,
  environment: Record<string, string>,
  languages: readonly string[] = ['bash'],
): Promise<Service> {
  const LANGUAGES = languages.join();
  return ready(await launchFor(t, { LANGUAGES, CODE_VALIDATION: 'off', ...environment }), languages);
}

function valuesOf({ attributes }: Pick<Span, 'attributes'>): Record<string, unknown> {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]]));
}

function linesOf({ lines }: Service, msg: string) {
  return lines.map((line) => JSON.parse(line)).filter((line) => line.msg === msg);
}

const HELLO = { language: 'bash', code: 'echo hello' };
const C_PROGRAM = {
  language: 'c',
  code: '#include <stdio.h>\nint main(void) { puts("MARKED-OUTPUT"); return 0; } // MARKED-CODE',
  test_cases: [
    { name: 'MARKED-NAME', input: 'MARKED-INPUT', expected_output: 'MARKED-OUTPUT' },
    { input: 'MARKED-HIDDEN', expected_output: 'MARKED-EXPECTED', is_hidden: true },
  ],
};

suite('traces', () => {
  test('hold a request, its wait, its compile and its runs, below the span that it came with', async (t) => {
    const collector = await collect(t);
    const service = await start(t, { OTEL_EXPORTER_OTLP_ENDPOINT: `${collector.url}/` }, ['c']);
    const headers = { traceparent: TRACEPARENT, 'x-request-id': 'traced', 'x-api-key': 'MARKED-KEY' };
    const { execution_id } = (await (await execute(service, C_PROGRAM, { headers })).json()) as {
      execution_id: string;
    };
    // What is left is sent when the service stops.
    await stop(service);
    assert.equal(service.process.exitCode, 0);

    const spans = collector.spans().filter(({ traceId }) => traceId === TRACE_ID);
    const named = (name: string) => spans.find((span) => span.name === name) as Span;
    const request = named('POST /api/v1/execute');
    const execution = named('execution');
    assert.equal(request.parentSpanId, PARENT_ID);
    assert.equal(request.kind, 2);
    assert.equal(execution.parentSpanId, request.spanId);
    for (const name of ['queue', 'compile', 'run']) assert.equal(named(name).parentSpanId, execution.spanId);
    assert.equal(spans.length, 5);

    const order = ['queue', 'compile', 'run'].flatMap((name) => [
      BigInt(named(name).startTimeUnixNano),
      BigInt(named(name).endTimeUnixNano),
    ]);
    for (const moment of order) assert.ok(moment >= BigInt(execution.startTimeUnixNano));
    assert.deepEqual(
      order,
      order.toSorted((a, b) => Number(a - b)),
    );
    assert.ok(BigInt(request.endTimeUnixNano) >= BigInt(execution.endTimeUnixNano));

    assert.deepEqual(valuesOf(request), {
      'http.request.method': 'POST',
      'http.route': '/api/v1/execute',
      'http.response.status_code': 200,
    });
    assert.equal(valuesOf(execution)['execution.id'], execution_id);
    assert.equal(valuesOf(execution)['execution.status'], 'wrong_answer');
    assert.equal(valuesOf(named('compile'))['compile.status'], 'completed');
    assert.deepEqual(
      named('run').events?.map(({ name }) => name),
      ['test', 'test'],
    );
    const [{ resource } = { resource: { attributes: [] } }] = resourcesIn(collector.bodies[0] ?? '');
    assert.equal(valuesOf(resource)['service.name'], 'code-execution-service');
    assert.deepEqual(
      collector.bodies.filter((body) => /MARKED/.test(body)),
      [],
    );

    const [line] = linesOf(service, 'request').filter(({ request_id }) => request_id === 'traced');
    assert.equal(line.trace_id, TRACE_ID);
    assert.equal(line.span_id, request.spanId);
  });

  test('begin with a request that comes without one, and record why it was rejected', async (t) => {
    const collector = await collect(t);
    const service = await start(t, {
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
      OTEL_SERVICE_NAME: 'grader',
    });
    assert.equal((await execute(service, { language: 'none', code: 'x' })).status, 422);
    await stop(service);
    const request = collector.spans().find(({ name }) => name === 'POST /api/v1/execute') as Span;
    assert.equal(request.parentSpanId, undefined);
    assert.equal(valuesOf(request)['error.type'], 'unsupported_language');
    assert.equal(collector.spans().filter(({ name }) => name.includes('health')).length, 0);
    assert.match(collector.bodies[0] ?? '', /"grader"/);
  });

  /** The request's span, and below it that of the execution with its parts. */
  function assertOneTrace(collector: Collector, id: string): void {
    const spans = collector.spans().filter(({ traceId }) => traceId === TRACE_ID);
    const named = (name: string) => spans.find((span) => span.name === name) as Span;
    const request = named('POST /api/v1/executions');
    const execution = named('execution');
    assert.equal(request.parentSpanId, PARENT_ID);
    assert.equal(execution.parentSpanId, request.spanId);
    assert.deepEqual(
      [valuesOf(execution)['execution.id'], valuesOf(execution)['execution.status']],
      [id, 'completed'],
    );
    for (const name of ['queue', 'run']) assert.equal(named(name).parentSpanId, execution.spanId);
    assert.equal(spans.length, 4);
  }

  async function submitTraced({ url }: Service, program = HELLO): Promise<string> {
    const answer = await fetch(`${url}/api/v1/executions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', traceparent: TRACEPARENT },
      body: JSON.stringify(program),
    });
    const { execution_id } = (await answer.json()) as { execution_id: string };
    return execution_id;
  }

  test('go on with an execution that outlives its request, also after the service was killed', async (t) => {
    const collector = await collect(t);
    const DATA_DIR = await mkdtemp(join(tmpdir(), 'traces-test-'));
    t.after(() => rm(DATA_DIR, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 }));
    const environment = {
      ...{ DATA_DIR, OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, OTEL_BSP_SCHEDULE_DELAY: '50' },
      ...{ LANGUAGES: 'bash', CODE_VALIDATION: 'off' },
    };
    const first = await ready(launch(environment), ['bash']);
    const id = await submitTraced(first, { ...HELLO, code: 'sleep 2' });
    await untilRunning(first);
    while (collector.spans().length === 0) await delay(20);
    const exited = once(first.process, 'exit');
    first.process.kill('SIGKILL');
    await exited;

    const second = await ready(launch(environment), ['bash']);
    await fetch(`${second.url}/api/v1/executions/${id}?wait=60`);
    await stop(second);
    assertOneTrace(collector, id);
    const [line] = linesOf(second, 'execution');
    assert.deepEqual([line.trace_id, line.execution.attempt], [TRACE_ID, 2]);
  });

  test('go on in the worker of a fleet that runs it', { skip: REDIS_MISSING }, async (t) => {
    const collector = await collect(t);
    await using redis = await startRedis(['--appendfsync', 'no']);
    const environment = { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url };
    const common = { redisPort: redis.port, languages: ['bash'], environment };
    const worker = await startInFleet(t, { role: 'worker', ...common });
    const api = await startInFleet(t, { role: 'api', ...common });
    const id = await submitTraced(api);
    await ended(() => api.url, id);
    // What waits for a result has its span where the request came.
    assert.equal((await execute(api, HELLO)).status, 200);
    await stop(api);
    await stop(worker);
    assertOneTrace(collector, id);
    const executions = collector.spans().filter(({ name }) => name === 'execution');
    assert.equal(executions.length, 2);
  });

  const harmless: [name: string, endpoint: (t: TestContext) => Promise<string>][] = [
    ['is not there', async () => 'http://127.0.0.1:1'],
    ['never answers', async (t) => (await collect(t, false)).url],
  ];
  for (const [name, endpoint] of harmless) {
    test(`of a collector that ${name} harm neither executions nor the end of the service`, async (t) => {
      const service = await start(t, {
        OTEL_EXPORTER_OTLP_ENDPOINT: await endpoint(t),
        OTEL_BSP_SCHEDULE_DELAY: '100',
        OTEL_EXPORTER_OTLP_TIMEOUT: '500',
      });
      const failures = () => linesOf(service, 'traces cannot be sent, the service goes on');
      assert.equal((await execute(service, HELLO)).status, 200);
      for (let turn = 0; failures().length === 0; turn += 1) {
        assert.ok(turn < 1000, 'the loss is not logged');
        await delay(50);
      }
      // It is known by now, and those of these executions are lost as well.
      for (const _ of [1, 2]) assert.equal((await execute(service, HELLO)).status, 200);
      await stop(service);
      assert.equal(service.process.exitCode, 0);
      assert.equal(failures().length, 1);
    });
  }

  test('load nothing where there is no collector', async (t) => {
    const hook = `import { registerHooks } from 'node:module';
      registerHooks({ load: (url, context, next) => {
        if (/opentelemetry\\/(sdk|exporter)/.test(url)) console.log(JSON.stringify({ msg: 'loaded', url }));
        return next(url, context);
      } });`;
    const NODE_OPTIONS = `--import=data:text/javascript,${encodeURIComponent(hook)}`;
    const without = await start(t, { NODE_OPTIONS });
    assert.equal((await execute(without, HELLO)).status, 200);
    assert.deepEqual(linesOf(without, 'loaded'), []);
    const collector = await collect(t);
    const withOne = await start(t, { NODE_OPTIONS, OTEL_EXPORTER_OTLP_ENDPOINT: collector.url });
    assert.ok(linesOf(withOne, 'loaded').length > 0);
  });
});
