// The settings with what only the parts that they are for can check, so that `npm run config` and the start refuse the
// same.

import { policyProblems } from '../validation/policy.ts';
import { type Config, ConfigError, loadConfig, SETTINGS } from './config.ts';

/** As `loadConfig`. Throws a `ConfigError` that names every problem. */
export function loadCheckedConfig(environment: Readonly<Record<string, string | undefined>>): Config {
  const problems = policyProblemsIn(environment);
  try {
    const config = loadConfig(environment);
    if (problems.length === 0) return config;
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    throw new ConfigError([...error.problems, ...problems]);
  }
  throw new ConfigError(problems);
}

/** Of rules and limits that are written well and mean nothing, or are named twice. */
function policyProblemsIn(environment: Readonly<Record<string, string | undefined>>): readonly string[] {
  const items = (setting: typeof SETTINGS.validationRules) => {
    const written = environment[setting.name]?.trim() ?? '';
    return written === '' ? [] : (setting.parse(written) ?? []);
  };
  return policyProblems({ rules: items(SETTINGS.validationRules), limits: items(SETTINGS.complexityLimits) });
}
