// Which routes there are, and the named schemas that they share.

import type { FastifyInstance } from 'fastify';
import { ExecutionResult, executeRequestSchema } from '../api/execution.ts';
import { MetricsReport, UserMetricsReport } from '../metrics/report.ts';
import type { ServiceMetrics } from '../metrics/service-metrics.ts';
import type { Config } from '../settings/config.ts';
import type { Submit } from '../submissions/submission.ts';
import { REQUEST_EXAMPLES, RESULT_EXAMPLE } from './examples.ts';
import { HealthReport, type Readiness } from './health-report.ts';
import { LanguageDescription } from './language-description.ts';
import { Problem } from './problem.ts';
import { ADMIN_SCHEMAS, type Administration, addAdminRoutes } from './routes/admin.ts';
import { addDocumentationRoutes, collectDocumentation } from './routes/documentation.ts';
import { addExecuteRoute, type ExecuteRouteParts } from './routes/execute.ts';
import { addHealthRoutes } from './routes/health.ts';
import { addLanguagesRoute } from './routes/languages.ts';
import { addMetricsRoutes } from './routes/metrics.ts';
import { createValidatorCompiler } from './validator.ts';

export interface RouteParts {
  readonly config: Pick<Config, 'maxCodeLength' | 'maxTestCases' | 'maxBodyBytes'>;
  readonly version: string;
  readonly submit: Submit;
  /** `null` when nothing is counted. */
  readonly metrics: ServiceMetrics | null;
  readonly languages: () => LanguageDescription[];
  readonly health: () => Promise<HealthReport>;
  readonly readiness: () => Promise<Readiness>;
  readonly administration: Administration;
}

export async function addRoutes(
  app: FastifyInstance,
  parts: RouteParts & ExecuteRouteParts & { readonly needsKey: boolean },
): Promise<void> {
  addSchemas(app, parts.config);
  await collectDocumentation(app, { version: parts.version, needsKey: parts.needsKey });
  addExecuteRoute(app, parts.submit, parts);
  addLanguagesRoute(app, parts.languages);
  addHealthRoutes(app, parts);
  addMetricsRoutes(app, parts.metrics);
  addAdminRoutes(app, parts.administration);
  addDocumentationRoutes(app);
}

function addSchemas(app: FastifyInstance, config: RouteParts['config']): void {
  const executeRequest = { ...executeRequestSchema(config), examples: REQUEST_EXAMPLES };
  const executionResult = { ...ExecutionResult, examples: [RESULT_EXAMPLE] };
  const reports = [HealthReport, MetricsReport, UserMetricsReport];
  const schemas = [
    executeRequest,
    executionResult,
    LanguageDescription,
    ...reports,
    ...ADMIN_SCHEMAS,
    Problem,
  ];
  for (const schema of schemas) app.addSchema(schema);
  app.setValidatorCompiler(createValidatorCompiler(schemas));
  // Fastify's own serializer silently drops what a schema does not name; the tests hold answers to their schemas.
  app.setSerializerCompiler(() => JSON.stringify);
}
