// Versions of a language beside its usual one. Each is installed like a language, under an id such as `python@3.13`; to
// clients they are one language, of which `version` chooses.

import type { Language } from './language.ts';

const SEPARATOR = '@';

/** One entry for each further version: the language with the tools of that version. */
export function versionsOf(language: Language): readonly Language[] {
  return Object.entries(language.versions ?? {}).map(([number, version]) => ({
    ...language,
    ...version,
    id: versionId(language, number),
    name: `${language.name} ${number}`,
    aliases: [],
  }));
}

/** `python@3.13` */
export function versionId({ id }: Language, number: string): string {
  return `${id}${SEPARATOR}${number}`;
}

/** `python` of `python@3.13`, and of `python`. */
export function languageIdOf(id: string): string {
  return id.split(SEPARATOR)[0] ?? id;
}

/** `3.13` of `python@3.13`. */
export function numberOf(id: string): string {
  return id.split(SEPARATOR)[1] ?? '';
}

/** Which of the installed entries belong to a language; an entry belongs to itself. */
export function entriesAmong(installed: readonly Language[]): (id: string) => readonly string[] {
  const ids = installed.map(({ id }) => id);
  return (id) => ids.filter((each) => each === id || languageIdOf(each) === id);
}

/**
 * The version that a request gets which names none: the usual one, so that installing another changes no verdicts; the
 * newest where only further ones are installed. `installed` are the newest first. Of a fleet it is not known what was
 * installed as the usual one; there it is one that cannot be a further one.
 */
export function usualVersion(
  { id, versions = {} }: Language,
  installed: readonly { readonly languageId: string; readonly version: string }[],
): string | undefined {
  const further = Object.keys(versions);
  const isFurther = (version: string) => further.some((number) => `${version}.`.startsWith(`${number}.`));
  const usual = installed.filter(({ languageId }) => languageId === id);
  return (usual.find(({ version }) => !isFurther(version)) ?? usual[0] ?? installed[0])?.version;
}
