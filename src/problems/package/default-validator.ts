// The checker that stands for the default output validator of problem packages, by its flags.

import type { CheckerChoice } from '../../api/checker-choice.ts';
import { PackageFault } from './package-files.ts';

const TOLERANCES = new Map<string, readonly ('absolute' | 'relative')[]>([
  ['float_tolerance', ['absolute', 'relative']],
  ['float_absolute_tolerance', ['absolute']],
  ['float_relative_tolerance', ['relative']],
]);

/** Tokens without regard to case, and numbers within a tolerance if there is one. `path` is of the file with the flags. */
export function defaultChecker(flags: readonly string[], path: string): CheckerChoice {
  let options: Omit<CheckerChoice, 'type'> = { case_sensitive: false };
  let hasTolerance = false;
  for (let index = 0; index < flags.length; index += 1) {
    const flag = (flags[index] ?? '').replace(/^-+/, '');
    const tolerances = TOLERANCES.get(flag);
    if (flag === 'case_sensitive') options = { ...options, case_sensitive: true };
    else if (flag === 'space_change_sensitive') options = { ...options, space_change_sensitive: true };
    else if (tolerances === undefined) {
      throw new PackageFault(path, `has ${JSON.stringify(flag)}, which the default validator does not know`);
    } else {
      index += 1;
      const value = toleranceOf(flags[index], flag, path);
      options = { ...options, ...Object.fromEntries(tolerances.map((name) => [name, value])) };
      hasTolerance = true;
    }
  }
  return { type: hasTolerance ? 'float' : 'tokens', ...options };
}

function toleranceOf(written: string | undefined, flag: string, path: string): number {
  const value = Number(written ?? 'nothing');
  if (written !== undefined && Number.isFinite(value) && value >= 0) return value;
  throw new PackageFault(path, `must have a number after ${flag}, got ${JSON.stringify(written ?? '')}`);
}
