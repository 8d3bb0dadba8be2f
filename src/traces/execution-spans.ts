// The spans of an execution: its wait in the queue, its compile and its runs, made from its events and its record. They
// hold figures and verdicts, never source, inputs or outputs.

import { type Attributes, type Context, SpanStatusCode, type Tracer, trace } from '@opentelemetry/api';
import type { ExecutionEvent, ExecutionRecord } from '../execution/record.ts';
import type { ExecutionTask } from '../execution/task.ts';
import type { ExecutionTrace } from './traces.ts';

/** Milliseconds since 1970 with a fraction, from the same clock that times executions. */
export function now(): number {
  return performance.timeOrigin + performance.now();
}

/** When each part began and ended, as far as events have come. */
interface Moments {
  compiling: number | null;
  compiled: number | null;
  running: number | null;
  readonly tests: { readonly at: number; readonly attributes: Attributes }[];
}

export function followExecution(tracer: Tracer, parent: Context, task: ExecutionTask): ExecutionTrace {
  const moments: Moments = { compiling: null, compiled: null, running: null, tests: [] };
  const span = tracer.startSpan(
    'execution',
    { startTime: task.acceptedAtMs, attributes: taskAttributes(task) },
    parent,
  );
  const below = trace.setSpan(parent, span);
  return {
    onEvent: (event, atMs) => note(moments, event, atMs),
    ended: (record) => {
      const end = now();
      addParts({ tracer, below, task, moments, end }, record);
      span.setAttributes(recordAttributes(record));
      span.end(end);
    },
    failed: (code) => {
      const end = now();
      addParts({ tracer, below, task, moments, end }, null);
      span.setAttribute('error.type', code);
      span.setStatus({ code: SpanStatusCode.ERROR });
      span.end(end);
    },
  };
}

function note(moments: Moments, event: ExecutionEvent, at: number): void {
  if (event.type === 'compile') moments.compiled = at;
  else if (event.type === 'test') moments.tests.push({ at, attributes: testAttributes(event.test) });
  else if (event.status === 'compiling') moments.compiling = at;
  else moments.running = at;
}

interface Parts {
  readonly tracer: Tracer;
  readonly below: Context;
  readonly task: ExecutionTask;
  readonly moments: Moments;
  readonly end: number;
}

function addParts({ tracer, below, task, moments, end }: Parts, record: ExecutionRecord | null): void {
  const { compiling, compiled, running, tests } = moments;
  const add = (name: string, startTime: number, attributes: Attributes = {}) =>
    tracer.startSpan(name, { startTime, attributes }, below);

  add('queue', task.queuedAtMs).end(compiling ?? running ?? end);
  if (compiling !== null) {
    const attributes = record?.compile ? compileAttributes(record.compile) : {};
    add('compile', compiling, attributes).end(compiled ?? end);
  }
  if (running !== null) {
    const run = add('run', running, { 'execution.tests': task.tests.length });
    for (const { at, attributes } of tests) run.addEvent('test', attributes, at);
    run.end(end);
  }
}

function taskAttributes(task: ExecutionTask): Attributes {
  return {
    'execution.id': task.executionId,
    'execution.language': task.languageId,
    'execution.version': task.version,
    'execution.tests': task.tests.length,
    'execution.priority': task.priority,
  };
}

function recordAttributes(record: ExecutionRecord): Attributes {
  return {
    'execution.status': record.status,
    'execution.passed': record.summary.passed,
    'execution.sandbox': record.sandbox,
    'execution.cpu_time_ms': record.cpu_time_ms,
    'execution.memory_kb': record.memory_kb,
  };
}

function compileAttributes(compile: NonNullable<ExecutionRecord['compile']>): Attributes {
  return {
    'compile.status': compile.status,
    'compile.cached': compile.cached,
    'compile.cpu_time_ms': compile.cpu_time_ms,
    'compile.memory_kb': compile.memory_kb,
  };
}

function testAttributes(test: ExecutionRecord['results'][number]): Attributes {
  return {
    'test.index': test.index,
    'test.status': test.status,
    'test.cpu_time_ms': test.cpu_time_ms,
    'test.wall_time_ms': test.wall_time_ms,
    'test.memory_kb': test.memory_kb,
  };
}
