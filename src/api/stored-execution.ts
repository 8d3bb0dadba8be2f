// The wire form of executions that outlive their request: what submits one, and how it looks at any stage, alone and in
// lists. Schema, type and documentation in one.

import { type Static, Type } from 'typebox';
import { REQUEST_SIZES } from '../limits.ts';
import { enumeration } from './enumeration.ts';
import { ExecutionResult, executeRequestSchema } from './execution.ts';
import { nullableString } from './result-fields.ts';

export const MAX_BATCH = 100;
export const PAGE = { default: 20, maximum: 100 } as const;
export const MAX_WAIT_SECONDS = 30;

/** Builds the schema of a submission: a request to execute, and where its end is reported. */
export function submitRequestSchema(bounds: { maxCodeLength: number; maxTestCases: number }) {
  const { properties, allOf } = executeRequestSchema(bounds) as ReturnType<typeof executeRequestSchema> & {
    readonly allOf: readonly object[];
  };
  return Type.Object(
    {
      ...properties,
      webhook_url: Type.Optional(
        Type.String({
          maxLength: REQUEST_SIZES.webhookUrlLength,
          description:
            'Receives a signed POST when the execution has ended: http or https, to a public address.',
        }),
      ),
    },
    { $id: 'SubmitRequest', additionalProperties: false, allOf },
  );
}
export type SubmitRequest = Static<ReturnType<typeof submitRequestSchema>>;

const nullableNumber = (description: string) =>
  Type.Unsafe<number | null>({ type: ['number', 'null'], minimum: 0, description });

const WebhookDelivery = Type.Object({
  attempt: Type.Integer({ minimum: 1 }),
  at: Type.String(),
  status: Type.Unsafe<number | null>({
    type: ['integer', 'null'],
    description: 'HTTP status of the answer; `null` if none came.',
  }),
  duration_ms: Type.Number({ minimum: 0 }),
  error: nullableString,
});

const Webhook = Type.Object(
  {
    url: Type.String(),
    status: enumeration(['waiting', 'pending', 'delivered', 'failed'] as const, {
      description: '`waiting` until the execution has ended, `pending` while deliveries are tried.',
    }),
    deliveries: Type.Array(WebhookDelivery, { description: 'The last ones, the oldest first.' }),
  },
  { description: 'Of executions with a `webhook_url`.' },
);

const { properties: result } = ExecutionResult;

const { compile: _compile, results: _results, analysis: _analysis, timings: _timings, ...figures } = result;

const summaryFields = {
  ...figures,
  sandbox: Type.Unsafe<string | null>({ ...nullableString, description: '`null` until it has ended.' }),
  queue_time_ms: nullableNumber('From the request to the first slot; `null` until it has ended.'),
  total_time_ms: nullableNumber('From the request to the end; `null` until it has ended.'),
  finished_at: Type.Unsafe<string | null>({ ...nullableString, description: '`null` until it has ended.' }),
  user_id: nullableString,
  batch_id: nullableString,
  attempts: Type.Integer({
    minimum: 0,
    description: 'Times that it was begun. More than one if the service was interrupted.',
  }),
  message: Type.Unsafe<string | null>({
    ...nullableString,
    description: 'Why the service could not run it, with the status `internal_error`.',
  }),
};

const ExecutionSummary = Type.Object(summaryFields, {
  $id: 'ExecutionSummary',
  description: 'An execution without its compile and results.',
});
export type ExecutionSummary = Static<typeof ExecutionSummary>;

const Execution = Type.Object(
  {
    ...summaryFields,
    compile: result.compile,
    results: {
      ...result.results,
      description: 'Of the tests that are known so far, in their order; all when it has ended.',
    },
    timings: result.timings,
    analysis: result.analysis,
    others_waiting: Type.Optional(
      Type.Integer({
        minimum: 0,
        description:
          'While it is `queued`: stored executions that wait beside it. Turns are shared fairly, so later ones may go first.',
      }),
    ),
    webhook: Type.Unsafe<Static<typeof Webhook> | null>({ anyOf: [Webhook, { type: 'null' }] }),
  },
  { $id: 'Execution', description: 'An execution at any stage.' },
);
export type Execution = Static<typeof Execution>;

const ExecutionPage = Type.Object(
  {
    executions: Type.Array(Type.Ref('ExecutionSummary')),
    next_cursor: Type.Unsafe<string | null>({
      ...nullableString,
      description: 'For the next page; `null` on the last one.',
    }),
  },
  { $id: 'ExecutionPage' },
);
const AnythingElse = Type.Unknown({ description: 'Rejected in its place of the answer; the others count.' });

const BatchRequest = Type.Object(
  {
    executions: Type.Array(Type.Union([Type.Ref('SubmitRequest'), AnythingElse]), {
      minItems: 1,
      maxItems: MAX_BATCH,
      description: 'Each is a `SubmitRequest`, and succeeds or fails alone.',
    }),
  },
  { $id: 'BatchRequest', additionalProperties: false },
);

const BatchAnswer = Type.Object(
  {
    batch_id: Type.String(),
    executions: Type.Array(
      Type.Object({
        execution_id: Type.Optional(Type.String()),
        status: Type.Optional(Type.String()),
        error: Type.Optional(Type.Ref('Problem')),
      }),
      { description: 'In the order of the request: the id of each, or why it was rejected.' },
    ),
  },
  { $id: 'BatchAnswer' },
);

/** Those with names, beside the one of `submitRequestSchema`. */
export const STORED_SCHEMAS = [Execution, ExecutionSummary, ExecutionPage, BatchRequest, BatchAnswer];
