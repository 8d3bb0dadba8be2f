// Finds the language and the toolchain that a request names, or lists those that exist.

import { ServiceError } from '../errors.ts';
import { findLanguage } from '../languages/catalog.ts';
import type { Language } from '../languages/language.ts';
import { numberOf, usualVersion, versionsOf } from '../languages/versions.ts';
import type { InstallationProgress, Toolchain, ToolchainCatalog } from '../toolchains/toolchain.ts';
import { closestOf } from './closest.ts';
import { reason, shown } from './field-reason.ts';
import { isInRange } from './version-range.ts';

/** Seconds after which a language that is being installed may be ready. */
const INSTALLING_RETRY_SECONDS = 15;

export interface LanguageCatalog {
  /** By id or alias, in any case. */
  find(name: string): Language | null;
  readonly all: readonly Language[];
}

/** A language as a client names it: `c++20` also names a standard, `node20` a version. */
export interface NamedLanguage {
  readonly language: Language;
  readonly standard?: string;
  readonly version?: string;
}

/** A name and, behind it, a number: `c++20`, `python3.12`, `java-17`, `node@20`. */
const NUMBERED_NAME = /^([a-z][a-z+#]{0,30}?)[-_ :@]?v?(\d[0-9a-z.*]{0,15})$/;
/** GNU dialects are those that are used anyway. */
const DIALECTS: Readonly<Record<string, string>> = { gnu: 'c', 'gnu++': 'c++' };

export function languageNamed(languages: LanguageCatalog, name: string): NamedLanguage {
  const trimmed = name.trim().toLowerCase();
  const language = languages.find(trimmed);
  if (language !== null) return { language };
  const [, base = '', number = ''] = NUMBERED_NAME.exec(trimmed) ?? [];
  const numbered = base === '' ? null : languages.find(DIALECTS[base] ?? base);
  if (numbered === null) throw unknownLanguage(languages, name, findLanguage(trimmed) ?? findLanguage(base));
  const standard = standardOf(numbered, number);
  return standard === null ? { language: numbered, version: number } : { language: numbered, standard };
}

/** `disabled` is the language that the name would mean if the service offered it. */
function unknownLanguage(languages: LanguageCatalog, name: string, disabled: Language | null): ServiceError {
  const ids = languages.all.map(({ id }) => id).join(', ');
  const hint =
    disabled === null ? meantHint(languages, name) : `; ${disabled.name} is not enabled on this service`;
  return unsupported('unsupported_language', 'language', `must be one of ${ids}, got ${shown(name)}${hint}`);
}

function meantHint(languages: LanguageCatalog, name: string): string {
  const names = languages.all.flatMap(({ id, aliases }) => [id, ...aliases]);
  const meant = closestOf(name.trim(), names);
  return meant === null ? '' : `; did you mean ${shown(meant)}?`;
}

/** The compiler's word for a standard; `null` when the number is none of the language's. */
function standardOf({ standards = {} }: Language, number: string): string | null {
  return Object.hasOwn(standards, number) ? (standards[number] ?? null) : null;
}

export interface ChosenToolchain {
  readonly toolchain: Toolchain;
  readonly standard?: string;
}

/** The newest toolchain of a version that the request means; a version may name a standard of the language instead. */
export function chooseToolchain(
  { language, standard, version: named }: NamedLanguage,
  toolchains: Pick<ToolchainCatalog, 'of' | 'status' | 'problem' | 'progress'>,
  version: string | undefined = named,
): ChosenToolchain {
  const ready = toolchains.of(language.id);
  if (ready.length === 0) throw notReady(language, toolchains);
  const usual = usualVersion(language, ready);
  const chosen = ready.find((toolchain) =>
    version === undefined ? toolchain.version === usual : isInRange(toolchain.version, version),
  );
  if (chosen !== undefined) return { toolchain: chosen, ...(standard !== undefined && { standard }) };
  const meant = standardMeant(language, version ?? '');
  const compiler = ready.find((toolchain) => toolchain.version === usual);
  if (meant !== null && compiler !== undefined) return { toolchain: compiler, standard: meant };
  rejectIfInstalling(language, version ?? '', toolchains);
  const versions = ready.map((toolchain) => toolchain.version).join(', ');
  const standards = Object.keys(language.standards ?? {});
  const others = standards.length === 0 ? '' : `, or a standard: ${standards.join(', ')}`;
  const hint = missingHint(language, version ?? '', toolchains);
  const message = `must be one of ${versions} for ${language.id}, or a prefix of one${others}, got ${shown(version ?? '')}${hint}`;
  throw unsupported('unsupported_version', 'version', message);
}

/** A version beside the usual one that the service could offer. */
function missingHint(
  language: Language,
  version: string,
  { status }: Pick<ToolchainCatalog, 'status'>,
): string {
  const entry = versionsOf(language).find(
    ({ id }) => status(id) !== 'ready' && isInRange(numberOf(id), version),
  );
  return entry === undefined ? '' : `; ${entry.name} is not installed here`;
}

/** A version that is not there yet, while the others can be used. */
function rejectIfInstalling(
  language: Language,
  version: string,
  toolchains: Pick<ToolchainCatalog, 'status' | 'problem' | 'progress'>,
): void {
  const entry = versionsOf(language).find(
    ({ id }) => toolchains.status(id) === 'installing' && isInRange(numberOf(id), version),
  );
  if (entry !== undefined) throw notReady(entry, toolchains);
}

/** `20`, `c++20` and `C++ 20` as a version of C++. */
function standardMeant(language: Language, version: string): string | null {
  const written = version.trim().toLowerCase();
  const [, base = '', number = ''] = NUMBERED_NAME.exec(written) ?? [];
  const isOwn = [language.id, ...language.aliases].includes(DIALECTS[base] ?? base);
  return standardOf(language, isOwn ? number : written);
}

function notReady(
  language: Language,
  toolchains: Pick<ToolchainCatalog, 'status' | 'problem' | 'progress'>,
): ServiceError {
  if (toolchains.status(language.id) === 'installing') {
    const progress = toolchains.progress?.(language.id) ?? null;
    const howFar = progress === null ? '' : `: ${describeProgress(progress)}`;
    const message = `${language.name} is being installed and can be used soon${howFar}`;
    return new ServiceError('unavailable', message, { retryAfterSeconds: INSTALLING_RETRY_SECONDS });
  }
  const reason = toolchains.problem(language.id);
  const because = reason === null ? '' : `: ${reason}`;
  return unsupported('unsupported_language', 'language', `${language.id} is not installed here${because}`);
}

/** `step 2 of 4, extracting archives, 430 MB, for 35 s`. */
function describeProgress({ step, steps, doing, megabytes, since }: InstallationProgress): string {
  const size = megabytes === null ? [] : [`${megabytes} MB`];
  const seconds = Math.max(0, Math.round((Date.now() - since.getTime()) / 1000));
  return [`step ${step} of ${steps}`, doing, ...size, `for ${seconds} s`].join(', ');
}

function unsupported(
  code: 'unsupported_language' | 'unsupported_version',
  path: string,
  message: string,
): ServiceError {
  const found = reason(path, message);
  return new ServiceError(code, found.message, { errors: [found] });
}
