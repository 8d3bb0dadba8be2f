// Traces by OpenTelemetry, sent to a collector over OTLP/HTTP. The SDK reads its own variables (`OTEL_…`) for headers,
// sampling and batches. Losing the collector costs spans and one log line, never an execution.

import {
  context,
  propagation,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  type Tracer,
  trace,
} from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { NodeSDK } from '@opentelemetry/sdk-node';
import type { Log } from '../log.ts';
import { followExecution, now } from './execution-spans.ts';
import type { RequestTrace, TracedRequest, Traces } from './traces.ts';

/** How long shutdown waits for the last spans to be sent. */
const FLUSH_MS = 3000;
/** Other detectors report command lines, users and hosts to the collector; this variable enables them. */
const RESOURCE_DETECTORS = 'env,serviceinstance';

export interface OpenTelemetryOptions {
  /** Address of the collector; spans go to `/v1/traces` below it. */
  readonly endpoint: string;
  readonly serviceName: string;
  readonly version: string;
  readonly log: Log;
}

export function createOpenTelemetryTraces(options: OpenTelemetryOptions): Traces {
  process.env.OTEL_NODE_RESOURCE_DETECTORS ||= RESOURCE_DETECTORS;
  const sdk = new NodeSDK({
    serviceName: options.serviceName,
    traceExporter: createExporter(options),
    metricReaders: [],
    logRecordProcessors: [],
  });
  sdk.start();
  return {
    startRequest: (request) => startRequest(options, request),
    followStored: (task) => {
      if (task.traceparent === undefined) return null;
      const request = propagation.extract(ROOT_CONTEXT, { traceparent: task.traceparent });
      return followExecution(tracerOf(options), request, task);
    },
    close: async () => {
      const late = Promise.withResolvers<void>();
      const timer = setTimeout(late.resolve, FLUSH_MS);
      await Promise.race([sdk.shutdown().catch(() => {}), late.promise]);
      clearTimeout(timer);
    },
  };
}

/** Reports every batch to the SDK as sent, since the SDK would log a line for each failure. */
function createExporter({ endpoint, log }: OpenTelemetryOptions): OTLPTraceExporter {
  const url = new URL('v1/traces', endpoint.endsWith('/') ? endpoint : `${endpoint}/`).href;
  const exporter = new OTLPTraceExporter({ url });
  const send = exporter.export.bind(exporter);
  let lost = 0;
  exporter.export = (spans, done) =>
    send(spans, (result) => {
      if (result.error !== undefined) {
        if (lost === 0) log.warn({ err: result.error }, 'traces cannot be sent, the service goes on');
        lost += spans.length;
      } else if (lost > 0) {
        log.info({ lost_spans: lost }, 'traces are sent again');
        lost = 0;
      }
      done({ code: 0 });
    });
  return exporter;
}

function tracerOf({ version }: OpenTelemetryOptions): Tracer {
  return trace.getTracer('code-execution-service', version);
}

function startRequest(options: OpenTelemetryOptions, request: TracedRequest): RequestTrace {
  const tracer = tracerOf(options);
  const { method, route, headers } = request;
  const incoming = propagation.extract(ROOT_CONTEXT, headers);
  const span = tracer.startSpan(
    route === null ? method : `${method} ${route}`,
    {
      kind: SpanKind.SERVER,
      startTime: now(),
      attributes: { 'http.request.method': method, ...(route !== null && { 'http.route': route }) },
    },
    incoming,
  );
  const { traceId, spanId } = span.spanContext();
  const carrier: { traceparent?: string } = {};
  propagation.inject(trace.setSpan(ROOT_CONTEXT, span), carrier);
  return {
    ids: { trace_id: traceId, span_id: spanId },
    traceparent: carrier.traceparent ?? '',
    follow: (task) => followExecution(tracer, trace.setSpan(context.active(), span), task),
    end: (answer) => endRequest(span, answer),
  };
}

function endRequest(span: Span, { status, code }: Parameters<RequestTrace['end']>[0]): void {
  if (status !== null) span.setAttribute('http.response.status_code', status);
  const error = status === null ? 'client_gone' : code;
  if (error !== null) span.setAttribute('error.type', error);
  if (status !== null && status >= 500) span.setStatus({ code: SpanStatusCode.ERROR });
  span.end(now());
}
