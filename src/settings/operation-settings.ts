// Settings of the log and of traces. They are part of the table in config.ts.

import { choice, flag, optionalUrl, text } from './setting.ts';

export const OPERATION_SETTINGS = {
  otlpEndpoint: optionalUrl(
    'OTEL_EXPORTER_OTLP_ENDPOINT',
    "OpenTelemetry collector that receives traces over HTTP at `/v1/traces`. If empty, nothing is traced. The SDK's other `OTEL_…` variables apply too.",
  ),
  otelServiceName: text('OTEL_SERVICE_NAME', {
    default: 'code-execution-service',
    pattern: /^[\x20-\x7e]{1,255}$/,
    allowed: '1 to 255 printable ASCII characters',
    meaning: 'Name of this service in traces.',
  }),
  logLevel: choice('LOG_LEVEL', 'INFO', ['TRACE', 'DEBUG', 'INFO', 'WARNING', 'ERROR', 'CRITICAL'], {
    aliases: { WARN: 'WARNING', FATAL: 'CRITICAL' },
    meaning: 'Least severe level to log.',
  }),
  debug: flag('DEBUG', false, 'Same as `LOG_LEVEL=DEBUG`, unless `LOG_LEVEL` is `TRACE`.'),
};
