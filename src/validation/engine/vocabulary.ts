// An index of a language's rules: by path, by the names that paths begin with, and by the members that rules name on any
// object.

import type { LanguageRules, Rule } from '../rule.ts';
import type { Grammar } from './grammar.ts';

export interface Vocabulary {
  /** Names that paths begin with, below a prefix: of `os.system` below `os` it is `system`. */
  headsBelow(prefix: string): readonly string[];
  /** Members that rules name on any object, such as `setAccessible`. */
  readonly members: readonly string[];
  /** The rules about a path or one that contains it. */
  rulesOf(path: string): readonly Rule[];
}

export function createVocabulary(rules: LanguageRules, grammar: Grammar): Vocabulary {
  const byPath = new Map<string, Rule[]>();
  for (const rule of rules) for (const path of pathsOf(rule)) addTo(byPath, path, rule);
  const paths = [...byPath.keys(), ...Object.keys(grammar.results)];
  const heads = new Map<string, readonly string[]>();
  return {
    headsBelow: (prefix) => {
      const known = heads.get(prefix) ?? headsOf([...paths, ...namesOf(grammar)], prefix);
      heads.set(prefix, known);
      return known;
    },
    members: headsOf(paths, '?').concat(headsOf(paths, '<function>')).concat(lastMembers(paths)),
    rulesOf: (path) => [
      ...(byPath.get(path) ?? []),
      ...above(path).flatMap((each) => byPath.get(`${each}.**`) ?? []),
    ],
  };
}

function pathsOf({ uses = [], files = {}, texts = {} }: Rule): string[] {
  return [...new Set([...uses, ...Object.keys(files), ...Object.keys(texts)])];
}

function addTo(map: Map<string, Rule[]>, path: string, rule: Rule): void {
  map.set(path, [...(map.get(path) ?? []), rule]);
}

/** `getattr` is a name of interest because of what it answers. */
function namesOf(grammar: Grammar): string[] {
  return grammar.implicit.flatMap((prefix) =>
    Object.keys(grammar.passes).map((name) => joinPath(prefix, name)),
  );
}

/** `?.a.b` is found from `b`. */
function lastMembers(paths: readonly string[]): string[] {
  return paths
    .filter((path) => /^\?\.\w+\./.test(path))
    .map((path) => (path.split('.')[2] ?? '').replace('()', ''));
}

function headsOf(paths: readonly string[], prefix: string): readonly string[] {
  const begin = prefix === '' ? '' : `${prefix}.`;
  const below = paths.filter((path) => path.startsWith(begin)).map((path) => path.slice(begin.length));
  const names = below.map((path) => path.split('.')[0]?.replaceAll('()', '') ?? '');
  return [...new Set(names)].filter((name) => /^[A-Za-z_$][\w$]*$/.test(name));
}

function above(path: string): string[] {
  const parts = path.split('.');
  return parts.map((_part, index) => parts.slice(0, index + 1).join('.'));
}

export function joinPath(prefix: string, name: string): string {
  return prefix === '' ? name : `${prefix}.${name}`;
}
