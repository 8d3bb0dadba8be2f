// Opens tracing if a collector is set. Without one nothing is traced and no library is loaded.

import type { Log } from '../log.ts';
import type { Traces } from './traces.ts';

export interface TraceSettings {
  /** `null` disables tracing. */
  readonly otlpEndpoint: string | null;
  readonly otelServiceName: string;
}

/** Returns `null` without a collector. */
export async function openTraces(settings: TraceSettings, version: string, log: Log): Promise<Traces | null> {
  const { otlpEndpoint: endpoint, otelServiceName: serviceName } = settings;
  if (endpoint === null) return null;
  // Loading it takes a third of a second and 35 MB.
  const { createOpenTelemetryTraces } = await import('./open-telemetry.ts');
  return createOpenTelemetryTraces({ endpoint, serviceName, version, log });
}
