// Where settings come from: the process's environment, and the file `.env` for variables that the environment lacks. It
// knows no setting.

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { PROJECT_ROOT } from './setting.ts';

type Variables = Readonly<Record<string, string | undefined>>;

export type Source = 'environment' | '.env' | 'default';

export interface Environment {
  readonly variables: Variables;
  /** Names set in the file. */
  readonly fileNames: readonly string[];
  /** An empty variable counts as absent in both places. */
  sourceOf(name: string): Source;
}

export function readEnvironment(
  variables: Variables = process.env,
  file: string = join(PROJECT_ROOT, '.env'),
): Environment {
  const written: Variables = existsSync(file) ? parseEnv(readFileSync(file, 'utf8')) : {};
  const isSet = (from: Variables, name: string) => (from[name] ?? '').trim() !== '';
  const set = Object.entries(variables).filter(([name]) => isSet(variables, name));
  return {
    variables: { ...variables, ...written, ...Object.fromEntries(set) },
    fileNames: Object.keys(written),
    sourceOf: (name) => {
      if (isSet(variables, name)) return 'environment';
      return isSet(written, name) ? '.env' : 'default';
    },
  };
}

/** Adds the file's variables to the process, since libraries read their own, such as those of proxies. */
export function adoptVariables({ variables }: Environment): void {
  for (const [name, value] of Object.entries(variables)) process.env[name] ||= value ?? '';
}
