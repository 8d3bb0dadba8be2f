// The looks at code that are under way while their executions wait for slots. It puts together what looking at code
// needs, and is asked before the first box of an execution.

import { ANALYSIS_LIMITS } from '../limits.ts';
import type { Log } from '../log.ts';
import { createAnalyzer } from '../validation/analyzer.ts';
import { createPolicy } from '../validation/policy.ts';
import { createValidator, type ValidationMode } from '../validation/validate.ts';
import type { CheckedCode, Validate } from './accept.ts';
import { type Audit, createAudit } from './audit.ts';
import { createCodeCheck } from './check-code.ts';

/** Processes that look at code: one that is at its limit must not hold up all. */
const PROCESSES = 2;

interface CodeCheckSettings {
  readonly codeValidation: ValidationMode;
  /** As they are written: `python/network=off`, `nesting=100`. */
  readonly validationRules: readonly string[];
  readonly complexityLimits: readonly string[];
}

export interface CodeChecks {
  /** `undefined` when nobody is to look at code. */
  readonly validate: Validate | undefined;
  /** Remembers a look that is under way, until `ended` is told. */
  began(executionId: string, checked: Promise<CheckedCode>): void;
  /** `undefined` when none is under way. */
  of(executionId: string): Promise<CheckedCode> | undefined;
  ended(executionId: string): void;
  readonly audit: Audit;
  close(): Promise<void>;
}

/** Throws when the settings name a rule that there is not. */
export function createCodeChecks(settings: CodeCheckSettings, log: Log): CodeChecks {
  const mode = settings.codeValidation;
  const audit = createAudit(log);
  const underWay = new Map<string, Promise<CheckedCode>>();
  const policy = createPolicy({ rules: settings.validationRules, limits: settings.complexityLimits });
  const analyzer = mode === 'off' ? null : createAnalyzer({ processes: PROCESSES, limits: ANALYSIS_LIMITS });
  const validator = analyzer && createValidator(policy, { analyzer, log });
  return {
    validate: mode === 'off' || validator === null ? undefined : createCodeCheck(mode, { validator, audit }),
    began: (executionId, checked) => underWay.set(executionId, checked),
    of: (executionId) => underWay.get(executionId),
    ended: (executionId) => underWay.delete(executionId),
    audit,
    close: async () => analyzer?.close(),
  };
}
