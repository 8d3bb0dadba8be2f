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
    const found = entriesOf(languageId).flatMap((id) => catalog.of(id));
    // One of the machine may be there a second time, as a further one.
    const versions = found.map(({ version }) => version);
    const distinct = found.filter(({ version }, index) => versions.indexOf(version) === index);
    return distinct.sort((a, b) => compareVersions(b.version, a.version));
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
