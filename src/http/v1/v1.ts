// Version 1 of the API as a plugin: its routes and schemas, its keys and limits, how it reads bodies and how it reports
// errors. None of it reaches another API beside it. What holds for every API is the server's.

import type { FastifyInstance } from 'fastify';
import type { KeyRing } from '../../access/key-ring.ts';
import { ExecutionResult, executeRequestSchema } from '../../api/execution.ts';
import {
  KeptProblem,
  PackageReport,
  ProblemDefinition,
  ProblemPage,
  ProblemSummary,
  SubmissionReport,
} from '../../api/problem.ts';
import { STORED_SCHEMAS, submitRequestSchema } from '../../api/stored-execution.ts';
import { FailuresReport, MetricsReport, TopUsersReport, UserMetricsReport } from '../../metrics/report.ts';
import type { ServiceMetrics } from '../../metrics/service-metrics.ts';
import type { Config } from '../../settings/config.ts';
import type { Executions } from '../../submissions/executions.ts';
import type { Submit } from '../../submissions/submission.ts';
import { authenticate } from '../authentication.ts';
import type { BodyBounds, BoundBodies } from '../body-budget.ts';
import { answerWithError, ErrorAnswer } from '../error-answer.ts';
import { HealthReport, type Readiness } from '../health-report.ts';
import { markRoutes } from '../marked-routes.ts';
import { rejectOtherPaths } from '../other-paths.ts';
import { addProbeRoutes } from '../probes.ts';
import { countRequests } from '../rate-limits.ts';
import { ADMIN_SCHEMAS, type Administration, addAdminRoutes } from './admin.ts';
import { addBlobRoutes, type BlobRouteParts } from './blobs.ts';
import { REQUEST_EXAMPLES, RESULT_EXAMPLE } from './examples.ts';
import { addExecuteRoute, type ExecuteRouteParts } from './execute.ts';
import { addBatchRoute } from './execution-batch.ts';
import { addExecutionEventsRoute } from './execution-events.ts';
import { addExecutionRoutes } from './executions.ts';
import { addHealthRoute } from './health.ts';
import { addInteractiveRoute, type InteractiveRouteParts } from './interactive.ts';
import { acceptJsonBodies } from './json-body.ts';
import { LanguageDescription } from './language-description.ts';
import { addLanguagesRoute } from './languages.ts';
import { addMetricsRoutes } from './metrics.ts';
import { addProblemRoutes, type ProblemRouteParts } from './problems.ts';
import { addRedeliverRoute, type Redeliver, Redelivery } from './redeliver.ts';
import { createValidatorCompiler } from './validator.ts';

/** What the routes call. */
export interface V1Parts extends ProblemRouteParts {
  readonly config: BodyBounds &
    BlobRouteParts['config'] &
    Pick<Config, 'maxPackageMb'> &
    Pick<Config, 'maxCodeLength' | 'maxTestCases' | 'answerTimeoutSeconds'>;
  readonly keys: KeyRing;
  readonly submit: Submit;
  readonly executions: Executions;
  /** `null` if nothing is counted. */
  readonly metrics: ServiceMetrics | null;
  readonly languages: () => LanguageDescription[];
  readonly health: () => Promise<HealthReport>;
  readonly readiness: () => Promise<Readiness>;
  readonly administration: Administration;
  readonly redeliver: Redeliver;
}

/** The plugin; its prefix is the `/api/v1` of its routes. */
export async function v1(
  app: FastifyInstance,
  parts: V1Parts & ExecuteRouteParts & InteractiveRouteParts & { readonly boundBodies: BoundBodies },
): Promise<void> {
  markRoutes(app, 'v1');
  app.setErrorHandler(answerWithError);
  rejectOtherPaths(app);
  acceptJsonBodies(app, parts.config);
  addSchemas(app, parts.config);
  authenticate(app, parts.keys);
  countRequests(app, parts.limits);
  parts.boundBodies(app);
  addExecuteRoute(app, parts);
  addExecutionRoutes(app, parts);
  addBatchRoute(app, parts);
  addExecutionEventsRoute(app, parts);
  addInteractiveRoute(app, parts);
  await addBlobRoutes(app, parts);
  await addProblemRoutes(app, parts);
  addLanguagesRoute(app, parts.languages);
  addHealthRoute(app, parts.health);
  addProbeRoutes(app, parts.readiness);
  addMetricsRoutes(app, parts.metrics);
  addAdminRoutes(app, parts.administration);
  addRedeliverRoute(app, parts.redeliver);
}

/** The named schemas that the routes share. */
function addSchemas(app: FastifyInstance, config: V1Parts['config']): void {
  const executeRequest = { ...executeRequestSchema(config), examples: REQUEST_EXAMPLES };
  const executionResult = { ...ExecutionResult, examples: [RESULT_EXAMPLE] };
  const reports = [HealthReport, MetricsReport, UserMetricsReport, TopUsersReport, FailuresReport];
  const schemas = [
    executeRequest,
    executionResult,
    submitRequestSchema(config),
    ...STORED_SCHEMAS,
    LanguageDescription,
    ...reports,
    ...ADMIN_SCHEMAS,
    Redelivery,
    ProblemDefinition,
    ProblemSummary,
    KeptProblem,
    ProblemPage,
    PackageReport,
    SubmissionReport,
    ErrorAnswer,
  ];
  for (const schema of schemas) app.addSchema(schema);
  app.setValidatorCompiler(createValidatorCompiler(schemas));
}
