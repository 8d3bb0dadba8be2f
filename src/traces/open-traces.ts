// Whether anything is traced: without a collector nothing is, and no library is loaded.

import type { Log } from '../log.ts';
import type { Traces } from './traces.ts';

export interface TraceSettings {
  /** `null` when nothing is traced. */
  readonly otlpEndpoint: string | null;
  readonly otelServiceName: string;
}

/** Opens traces where there is a collector for them; `null` else. */
export async function openTraces(settings: TraceSettings, version: string, log: Log): Promise<Traces | null> {
  const { otlpEndpoint: endpoint, otelServiceName: serviceName } = settings;
  if (endpoint === null) return null;
  // Loading it takes a third of a second and 35 MB.
  const { createOpenTelemetryTraces } = await import('./open-telemetry.ts');
  return createOpenTelemetryTraces({ endpoint, serviceName, version, log });
}
