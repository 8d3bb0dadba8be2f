// What Judge0 sends to a submission's `callback_url` when it has ended: the fields that every client gets, as Base64.

import type { Execution } from '../../api/stored-execution.ts';
import { attributesIn } from './judge0-note.ts';
import { fieldsWanted, outcomeOf, shownSubmission } from './judge0-result.ts';
import { tokenOf } from './judge0-token.ts';

/** `note` is what the submission was stored with; the execution's texts are Base64. */
export async function judge0Callback(execution: Execution, note: string) {
  const attributes = await attributesIn(note);
  const submission = {
    token: tokenOf(execution.execution_id),
    attributes,
    language: { number: attributes.language_id, label: execution.language },
    createdAt: execution.created_at,
    finishedAt: execution.finished_at,
    outcome: outcomeOf(execution, attributes),
  };
  const shown = shownSubmission(submission, { isBase64: true, fields: fieldsWanted(undefined) });
  return { method: 'PUT' as const, body: JSON.stringify(shown) };
}
