// The options that a request adds to the compiler's command: rejected unless the language lists them.

import type { Language } from '../languages/language.ts';
import { reason, rejectIfAny, shown } from './field-reason.ts';

/** Throws `invalid_request` that lists what may be chosen. */
export function rejectOptions({ name, compileOptions = [] }: Language, options: readonly string[]): void {
  const allowed = compileOptions.map((option) => option.shown).join(', ');
  const rule =
    allowed === '' ? `must not be there: ${name} has none` : `must be one of ${allowed} for ${name}`;
  rejectIfAny(
    options.flatMap((option, index) =>
      compileOptions.some(({ pattern }) => pattern.test(option))
        ? []
        : [reason(`compile_options[${index}]`, `${rule}, got ${shown(option)}`)],
    ),
  );
}
