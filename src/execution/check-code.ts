// What becomes of an execution's code before it runs: refused, or run with warnings, as the settings say. Whatever is
// found goes to the audit log.

import type { Language } from '../languages/language.ts';
import {
  refuseFindings,
  sentenceOf,
  type Validation,
  type ValidationMode,
  type Validator,
} from '../validation/validate.ts';
import type { CheckedCode, Validate } from './accept.ts';
import type { Audit } from './audit.ts';

/** Warnings of one answer; the analysis has all. */
const MAX_WARNINGS = 20;

export function createCodeCheck(
  mode: Exclude<ValidationMode, 'off'>,
  parts: { readonly validator: Validator; readonly audit: Audit },
): Validate {
  return async (language: Language, files, execution) => {
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
    return checkedCode(validation);
  };
}

function checkedCode({ findings, complexity, timeMs }: Validation): CheckedCode {
  return {
    warnings: findings.slice(0, MAX_WARNINGS).map(sentenceOf),
    timeMs,
    analysis: {
      findings: [...findings],
      files: complexity.map(({ file, figures }) => ({ file, ...figures })),
    },
  };
}
