// Settings of code validation. They are part of the table in config.ts.

import { COMPLEXITY_LIMITS } from '../limits.ts';
import { PRESET_NAMES } from '../validation/presets.ts';
import { choice, list } from './setting.ts';

export const VALIDATION_SETTINGS = {
  codeValidation: choice('CODE_VALIDATION', 'enforce', ['enforce', 'warn', 'off'], {
    meaning:
      'Code that breaks a rule: `enforce` rejects it, `warn` runs it and returns warnings, `off` skips validation.',
  }),
  validationRules: list('VALIDATION_RULES', {
    item: new RegExp(`^(${PRESET_NAMES.join('|')}|([a-z]+|\\*)/([a-z_-]+|\\*)=(error|warning|off))$`),
    allowed: `a list of \`LANGUAGE/RULE=error\`, \`=warning\` or \`=off\`, where \`*\` is any, after at most one of the presets ${PRESET_NAMES.map((name) => `\`${name}\``).join(', ')}`,
    meaning:
      'Severities that differ from the defaults: a preset, single rules, or both, such as `course,python/network=error,rust/*=off`. See docs/validation.md.',
  }),
  complexityLimits: list('COMPLEXITY_LIMITS', {
    item: new RegExp(`^(${Object.keys(COMPLEXITY_LIMITS).join('|')})=[1-9]\\d{0,8}$`),
    allowed: `a list of ${Object.keys(COMPLEXITY_LIMITS)
      .map((figure) => `\`${figure}=NUMBER\``)
      .join(', ')}`,
    meaning: 'Limits on the complexity of a source file, in place of the defaults in `src/limits.ts`.',
  }),
};
