// How a stored execution looks to clients, at any stage: the whole of it, or without its compile and results.

import type { Execution, ExecutionSummary } from '../api/stored-execution.ts';
import { maximaOf } from '../execution/measurements.ts';
import { presentCompile, presentTest } from '../execution/output.ts';
import { summaryOf } from '../execution/summary.ts';
import type { StoredExecution, StoredResults } from '../store/store.ts';
import type { View } from './executions.ts';
import { withShortInput } from './shown-input.ts';

export const DEFAULT_VIEW: View = { encoding: 'utf8', include: [] };

/** Hidden tests are redacted in what is stored, so they are in every view. */
export function viewOf(stored: StoredExecution, { compile, results }: StoredResults, view: View): Execution {
  const { outline, ending } = stored;
  const isWhole = view.include.includes('input');
  const shown = results.map((test) => presentTest(test, view.encoding));
  return {
    ...summarized(stored, results),
    compile: compile && presentCompile(compile, view.encoding),
    results: isWhole ? shown : shown.map((test) => withShortInput(test, outline)),
    timings: ending?.timings ?? { validation_ms: null },
    ...(ending?.analysis && view.include.includes('analysis') && { analysis: ending.analysis }),
    webhook: stored.webhook && { ...stored.webhook, deliveries: [...stored.webhook.deliveries] },
  };
}

export function summaryView(stored: StoredExecution): ExecutionSummary {
  return summarized(stored, []);
}

function summarized(stored: StoredExecution, results: StoredResults['results']): ExecutionSummary {
  const { id, outline, ending, status, batchId, attempts } = stored;
  const common = {
    execution_id: id,
    status,
    language: outline.languageId,
    version: outline.version,
    ...(outline.problem !== undefined && { problem: outline.problem }),
    user_id: outline.userId,
    batch_id: batchId,
    attempts,
    created_at: outline.createdAt,
  };
  if (ending !== null) {
    const { timings: _timings, analysis: _analysis, ...figures } = ending;
    return { ...figures, ...common, warnings: [...ending.warnings] };
  }
  return {
    ...common,
    summary: {
      ...summaryOf(outline, results),
      total: outline.judged ? outline.tests.length : results.length,
    },
    ...maximaOf(results),
    queue_time_ms: null,
    total_time_ms: null,
    sandbox: null,
    warnings: [...outline.warnings],
    message: null,
    finished_at: null,
  };
}
