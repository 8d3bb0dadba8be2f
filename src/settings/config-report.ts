// Settings for people: docs/settings.md, the file `.env.example`, and the settings in force with their sources. None of
// them shows the value of a secret.

import { loadCheckedConfig } from './checked-config.ts';
import type { Setting } from './checked-setting.ts';
import { ConfigError, SETTINGS } from './config.ts';
import type { Environment, Source } from './environment.ts';
import { withoutCredentials } from './setting.ts';

const settings = Object.values<Setting<unknown>>(SETTINGS);

const INTRODUCTION = `<!-- Written by \`npm run documents\` from src/settings/. -->

# Settings

Settings are environment variables, or lines of a file \`.env\` in the project's directory;
[.env.example](../.env.example) is its template, and the environment has priority. An invalid value stops the start with
the variable's name, the value and what is allowed. \`npm run config\` prints the settings in force and their sources, without
secrets, and every error that would stop the start.`;

/** docs/settings.md: all settings as a table. */
export function settingsDocument(): string {
  const rows = settings.map(
    ({ name, defaultText, allowed, meaning }) => `| \`${name}\` | ${defaultText} | ${allowed} | ${meaning} |`,
  );
  const table = ['| Variable | Default | Allowed | Meaning |', '|---|---|---|---|', ...rows];
  return `${INTRODUCTION}\n\n${table.join('\n')}\n`;
}

/** .env.example: all settings as an environment file in which each is commented out. */
export function environmentExample(): string {
  const heading =
    '# Settings of the Code Execution Service. Copy this file to .env and uncomment the settings to change.';
  const entries = settings.map(({ name, defaultText, allowed, meaning }) => {
    const value = /^`([^`]*)`$/.exec(defaultText)?.[1];
    const instead = value === undefined ? ` Default: ${defaultText}.` : '';
    const comment = `# ${meaning}\n# Allowed: ${allowed}.${instead}`.replaceAll('`', '');
    return `${comment}\n#${name}=${value ?? ''}\n`;
  });
  return `${heading}\n\n${entries.join('\n')}`;
}

/** `problems` are the errors that would stop the start. */
export interface SettingsInForce {
  readonly rows: readonly { name: string; value: string; source: Source }[];
  readonly problems: readonly string[];
  /** Names in the file `.env` that are not settings: for other programs, or misspelt. */
  readonly otherNames: readonly string[];
}

export function settingsInForce(environment: Environment): SettingsInForce {
  return {
    rows: settings.map((setting) => ({
      name: setting.name,
      value: shownValue(setting, environment.variables[setting.name]),
      source: environment.sourceOf(setting.name),
    })),
    problems: problemsOf(environment),
    otherNames: environment.fileNames.filter((name) => !settings.some((setting) => setting.name === name)),
  };
}

/** `SettingsInForce` as aligned columns and sentences. */
export function settingsReport({ rows, problems, otherNames }: SettingsInForce): string {
  const width = (column: 'name' | 'value') => Math.max(...rows.map((row) => row[column].length));
  const lines = rows.map(
    ({ name, value, source }) => `${name.padEnd(width('name'))}  ${value.padEnd(width('value'))}  ${source}`,
  );
  if (otherNames.length > 0)
    lines.push('', `Not settings of this service, but in .env: ${otherNames.join(', ')}`);
  if (problems.length > 0)
    lines.push('', 'The service would not start:', ...problems.map((each) => `  ${each}`));
  return lines.join('\n');
}

function shownValue(setting: Setting<unknown>, given: string | undefined): string {
  const isGiven = given !== undefined;
  const written = given?.trim() ?? '';
  const isEmpty = written === '' && !(isGiven && setting.refusesEmpty);
  const value = isEmpty ? setting.absent : setting.parse(written);
  if (value === undefined) return '(refused)';
  if (value === null || (Array.isArray(value) && value.length === 0)) return '(none)';
  if (setting.secret) return '(set, not shown)';
  return withoutCredentials(Array.isArray(value) ? value.join(',') : String(value));
}

function problemsOf({ variables }: Environment): readonly string[] {
  try {
    loadCheckedConfig(variables);
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.problems;
  }
}
