// Reads the settings and lets the parts that use them validate what a table cannot, so that `npm run config` and the
// start reject the same.

import { findInstallable, findLanguage, KNOWN_LANGUAGES } from '../languages/catalog.ts';
import { policyProblems } from '../validation/policy.ts';
import { type Config, ConfigError, loadConfig, SETTINGS } from './config.ts';

/** Like `loadConfig`. Throws a `ConfigError` that names every problem. */
export function loadCheckedConfig(environment: Readonly<Record<string, string | undefined>>): Config {
  const problems = [...policyProblemsIn(environment), ...languageProblemsIn(environment)];
  try {
    const config = loadConfig(environment);
    if (problems.length === 0) return config;
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    throw new ConfigError([...error.problems, ...problems]);
  }
  throw new ConfigError(problems);
}

/** Rules and limits that are well formed but do not exist, or are named twice. */
function policyProblemsIn(environment: Readonly<Record<string, string | undefined>>): readonly string[] {
  const { validationRules, complexityLimits } = SETTINGS;
  return policyProblems({
    rules: itemsOf(validationRules, environment),
    limits: itemsOf(complexityLimits, environment),
  });
}

function languageProblemsIn(environment: Readonly<Record<string, string | undefined>>): readonly string[] {
  const { name } = SETTINGS.languages;
  return itemsOf(SETTINGS.languages, environment)
    .filter((language) => findInstallable(language) === null)
    .map(
      (language) => `${name} names ${JSON.stringify(language)}, which is not one of ${knownNames(language)}`,
    );
}

/** Of a language that exists, its versions. */
function knownNames(written: string): string {
  const language = findLanguage(written.split('@')[0] ?? '');
  const ids = language
    ? [language.id, ...Object.keys(language.versions ?? {}).map((number) => `${language.id}@${number}`)]
    : KNOWN_LANGUAGES.map(({ id }) => id);
  return ids.join(', ');
}

function itemsOf(
  setting: typeof SETTINGS.validationRules,
  environment: Readonly<Record<string, string | undefined>>,
): readonly string[] {
  const written = environment[setting.name]?.trim() ?? '';
  return written === '' ? [] : (setting.parse(written) ?? []);
}
