// The audit log: who sent code that was rejected or got warnings, and whose program was killed for an attack. It has rules
// and a hash of the code, never the code.

import type { ExecutionRecord } from '../execution/record.ts';
import type { ExecutionTask } from '../execution/task.ts';
import type { Log } from '../log.ts';
import { codeHashOf } from '../validation/validate.ts';

interface AuditEvent {
  readonly event: 'code_rejected' | 'code_warned' | 'security_violation';
  readonly executionId: string;
  readonly userId: string | null;
  readonly languageId: string;
  /** Rules of the validation, or what ended the program. */
  readonly rules: readonly string[];
  /** SHA-256 of language, names and contents. */
  readonly codeHash: string;
}

export type Audit = (event: AuditEvent) => void;

/** Events are logged at every log level. */
export function createAudit(log: Pick<Log, 'child'>): Audit {
  const lines = log.child({}, { level: 'info' });
  return ({ event, executionId, userId, languageId, rules, codeHash }) =>
    lines.warn(
      {
        event,
        execution_id: executionId,
        user_id: userId,
        language: languageId,
        rules: [...new Set(rules)],
        code_sha256: codeHash,
      },
      'audit',
    );
}

/** Reports a program that was killed for a system call that only attacks make. */
export function auditViolations(audit: Audit, task: ExecutionTask, record: ExecutionRecord): void {
  if (!record.results.some(({ status }) => status === 'security_violation')) return;
  const files = task.files.map(({ path, contentBase64 }) => ({
    path,
    content: Buffer.from(contentBase64, 'base64'),
  }));
  audit({
    event: 'security_violation',
    executionId: task.executionId,
    userId: task.userId,
    languageId: task.languageId,
    rules: ['run/system-call'],
    codeHash: codeHashOf(task.languageId, files),
  });
}
