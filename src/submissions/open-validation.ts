// Opens what the settings say of validation: the policy, the processes that analyze code, and the audit log.

import { ANALYSIS_LIMITS } from '../limits.ts';
import type { Log } from '../log.ts';
import { ANALYSES } from '../validation/catalog.ts';
import { createAnalyzer } from '../validation/engine/analyzer.ts';
import { createPolicy } from '../validation/policy.ts';
import { createValidator, type ValidationMode } from '../validation/validate.ts';
import { type Audit, createAudit } from './audit.ts';
import { createValidateCode, type ValidateCode } from './validate-code.ts';

/** Processes that analyze code: one at its limit must not hold up all. */
const PROCESSES = 2;

interface ValidationSettings {
  readonly codeValidation: ValidationMode;
  /** As they are written: `python/network=off`, `nesting=100`. */
  readonly validationRules: readonly string[];
  readonly complexityLimits: readonly string[];
}

export interface CodeValidation {
  /** `undefined` if validation is off. */
  readonly validate: ValidateCode | undefined;
  readonly audit: Audit;
  /** Whether code is analyzed without waiting for processes to start. */
  isWarm(): boolean;
  /** Submissions that are being validated end as `shutting_down`. */
  close(): Promise<void>;
}

/** Whether there are rules for the language's code. */
export function hasValidation(languageId: string): boolean {
  return languageId in ANALYSES;
}

/** Throws if the settings name an unknown rule. */
export function openValidation(settings: ValidationSettings, log: Log): CodeValidation {
  const mode = settings.codeValidation;
  const audit = createAudit(log);
  const policy = createPolicy({ rules: settings.validationRules, limits: settings.complexityLimits });
  const analyzer = mode === 'off' ? null : createAnalyzer({ processes: PROCESSES, limits: ANALYSIS_LIMITS });
  const validator = analyzer && createValidator(policy, { analyzer, log });
  return {
    validate:
      mode === 'off' || validator === null ? undefined : createValidateCode(mode, { validator, audit }),
    audit,
    isWarm: () => analyzer?.isWarm() ?? true,
    close: async () => analyzer?.close(),
  };
}
