// Settings of what the service tells its operator: its log and its traces.

import { choice, flag, optionalUrl, text } from './setting.ts';

export const OPERATION_SETTINGS = {
  otlpEndpoint: optionalUrl(
    'OTEL_EXPORTER_OTLP_ENDPOINT',
    "OpenTelemetry collector that traces are sent to over HTTP, below `/v1/traces`. Without it nothing is traced. The SDK's other `OTEL_…` variables hold too.",
  ),
  otelServiceName: text('OTEL_SERVICE_NAME', {
    default: 'code-execution-service',
    pattern: /^[\x20-\x7e]{1,255}$/,
    allowed: '1 to 255 printable ASCII characters',
    meaning: 'What traces call this service.',
  }),
  logLevel: choice('LOG_LEVEL', 'INFO', ['TRACE', 'DEBUG', 'INFO', 'WARNING', 'ERROR', 'CRITICAL'], {
    aliases: { WARN: 'WARNING', FATAL: 'CRITICAL' },
    meaning: 'Least severity that is logged.',
  }),
  debug: flag('DEBUG', false, 'The same as `LOG_LEVEL=DEBUG`, unless that is `TRACE`.'),
};
