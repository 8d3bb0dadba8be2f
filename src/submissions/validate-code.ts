// Validates a submission's code before it is queued: rejects it, or lets it run with warnings, as the settings say. Every
// finding goes to the audit log.

import type { CodeAnalysis } from '../api/code-analysis.ts';
import type { Language } from '../languages/language.ts';
import {
  refuseFindings,
  sentenceOf,
  type Validation,
  type ValidationMode,
  type Validator,
} from '../validation/validate.ts';
import type { Audit } from './audit.ts';
import type { SourceFile } from './source-files.ts';

/** The outcome of validation for code that may run. */
interface ValidatedCode {
  readonly warnings: readonly string[];
  readonly timeMs: number;
  readonly analysis: CodeAnalysis;
  /** The main source may have a syntax error. */
  readonly isBroken: boolean;
}

/**
 * Rejects with a `ServiceError` `code_rejected` if the code must not run. `mode` overrides the mode of the settings;
 * resolves with `null` if it is `off`.
 */
export type ValidateCode = (
  language: Language,
  files: readonly SourceFile[],
  execution: { readonly executionId: string; readonly userId: string | null },
  mode?: ValidationMode,
) => Promise<ValidatedCode | null>;

/** Warnings of one answer; the analysis has all findings. */
const MAX_WARNINGS = 20;

export function createValidateCode(
  usualMode: Exclude<ValidationMode, 'off'>,
  parts: { readonly validator: Validator; readonly audit: Audit },
): ValidateCode {
  return async (language, files, execution, mode = usualMode) => {
    if (mode === 'off') return null;
    const validation = await parts.validator.validate(language.id, files);
    const { findings, codeHash } = validation;
    const isRefused = mode === 'enforce' && findings.some(({ severity }) => severity === 'error');
    if (findings.length > 0) {
      const event = isRefused ? 'code_rejected' : 'code_warned';
      parts.audit({
        event,
        ...execution,
        languageId: language.id,
        rules: findings.map(({ rule }) => rule),
        codeHash,
      });
    }
    if (isRefused) refuseFindings(findings);
    return validatedCode(validation);
  };
}

function validatedCode({ findings, complexity, isBroken, timeMs }: Validation): ValidatedCode {
  return {
    warnings: findings.slice(0, MAX_WARNINGS).map(sentenceOf),
    timeMs,
    isBroken,
    analysis: {
      findings: [...findings],
      files: complexity.map(({ file, figures }) => ({ file, ...figures })),
    },
  };
}
