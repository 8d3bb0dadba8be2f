// Finds the language and the toolchain that a request asks for, or tells which ones there are.

import { ServiceError } from '../errors.ts';
import type { Language } from '../languages/language.ts';
import type { Toolchain, ToolchainCatalog } from '../toolchains/toolchain.ts';
import { problem, shown } from './problems.ts';

/** Seconds after which a language that is being installed may be there. */
const INSTALLING_RETRY_SECONDS = 15;

export interface LanguageCatalog {
  /** By id or alias, in any case. */
  find(name: string): Language | null;
  readonly all: readonly Language[];
}

export function languageNamed(languages: LanguageCatalog, name: string): Language {
  const language = languages.find(name);
  if (language !== null) return language;
  const ids = languages.all.map(({ id }) => id).join(', ');
  throw unsupported('unsupported_language', 'language', `must be one of ${ids}, got ${shown(name)}`);
}

/** The newest toolchain whose version begins with the one asked for: `3.11` and `3` for `3.11.2`, but not `3.1`. */
export function chooseToolchain(
  language: Language,
  toolchains: Pick<ToolchainCatalog, 'of' | 'status' | 'problem'>,
  version: string | undefined,
): Toolchain {
  const ready = toolchains.of(language.id);
  if (ready.length === 0) throw notReady(language, toolchains);
  const chosen = ready.find((toolchain) => version === undefined || hasPrefix(toolchain.version, version));
  if (chosen !== undefined) return chosen;
  const versions = ready.map((toolchain) => toolchain.version).join(', ');
  const message = `must be one of ${versions} for ${language.id}, or a beginning of one, got ${shown(version ?? '')}`;
  throw unsupported('unsupported_version', 'version', message);
}

function hasPrefix(version: string, prefix: string): boolean {
  const next = version.charAt(prefix.length);
  return prefix !== '' && version.startsWith(prefix) && !/[0-9A-Za-z]/.test(next);
}

function notReady(
  language: Language,
  toolchains: Pick<ToolchainCatalog, 'status' | 'problem'>,
): ServiceError {
  if (toolchains.status(language.id) === 'installing') {
    const message = `${language.name} is being installed and can be used soon`;
    return new ServiceError('unavailable', message, { retryAfterSeconds: INSTALLING_RETRY_SECONDS });
  }
  const reason = toolchains.problem(language.id);
  const because = reason === null ? '' : `: ${reason}`;
  return unsupported('unsupported_language', 'language', `${language.id} is not installed here${because}`);
}

function unsupported(
  code: 'unsupported_language' | 'unsupported_version',
  path: string,
  message: string,
): ServiceError {
  const found = problem(path, message);
  return new ServiceError(code, found.message, { errors: [found] });
}
