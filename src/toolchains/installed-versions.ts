// A catalog in which each version of a language is an entry, as one in which languages are: what is installed of
// `python@3.13` is a toolchain of `python`.

import type { Toolchain, ToolchainCatalog } from './toolchain.ts';
import { compareVersions } from './version.ts';

/** `entriesOf` returns the ids of the entries for a language, or the id of an entry itself. */
export function joinVersions<C extends ToolchainCatalog>(
  catalog: C,
  entriesOf: (id: string) => readonly string[],
): C {
  const firstOf = <T>(languageId: string, find: (id: string) => T | null | undefined) =>
    entriesOf(languageId)
      .map(find)
      .find((found) => found !== null && found !== undefined) ?? null;
  const ready = (languageId: string): readonly Toolchain[] => {
    const entries = entriesOf(languageId);
    const found = entries.flatMap((id) => catalog.of(id));
    return entries.length < 2 ? found : found.sort((a, b) => compareVersions(b.version, a.version));
  };
  return {
    ...catalog,
    of: ready,
    status: (languageId) => {
      const states = entriesOf(languageId).map((id) => catalog.status(id));
      return (
        states.find((state) => state === 'ready') ??
        states.find((state) => state === 'installing') ??
        'missing'
      );
    },
    problem: (languageId) =>
      ready(languageId).length > 0 ? null : firstOf(languageId, (id) => catalog.problem(id)),
    progress: (languageId) => firstOf(languageId, (id) => catalog.progress?.(id)),
  };
}
