// Finds the regular expressions of a source tree, and makes from each the texts that are the worst for it: pieces of
// what it matches, repeated, behind its own beginning and before something that it does not match.

import { parseSync, Visitor } from 'oxc-parser';

export interface FoundPattern {
  /** As it is written. */
  readonly text: string;
  /** `null` when it is put together at run time. */
  readonly pattern: RegExp | null;
}

export function patternsOf(path: string, text: string): readonly FoundPattern[] {
  const found: FoundPattern[] = [];
  const written = (node: { start: number; end: number }) => text.slice(node.start, node.end);
  const constructed = (node: { callee: unknown; start: number; end: number }) => {
    if ((node.callee as { name?: string }).name === 'RegExp')
      found.push({ text: written(node), pattern: null });
  };
  const visitor = new Visitor({
    Literal: (node) => {
      if (!('regex' in node)) return;
      const { pattern, flags } = node.regex;
      found.push({ text: written(node), pattern: new RegExp(pattern, flags) });
    },
    NewExpression: constructed,
    CallExpression: constructed,
  });
  visitor.visit(parseSync(path, text).program);
  return found;
}

/** What no pattern here expects. */
const ENDING = '\u0001!';

/** Texts of about `length` characters. */
export function* worstTexts({ source }: RegExp, length: number): Generator<string> {
  const atoms = atomsOf(source);
  for (const [start, end] of windows(atoms.length)) {
    const piece = atoms.slice(start, end).join('');
    const repeated = piece.repeat(Math.ceil(length / piece.length));
    yield repeated + ENDING;
    yield atoms.slice(0, start).join('') + repeated + ENDING;
  }
  yield ' '.repeat(length) + ENDING;
  yield '\n'.repeat(length) + ENDING;
}

/** Each atom, each pair of neighbours, and each beginning. */
function windows(count: number): [number, number][] {
  const positions = Array.from({ length: count }, (_, index) => index);
  const found = positions.flatMap((start): [number, number][] => [
    [start, start + 1],
    [start, Math.min(start + 2, count)],
    [0, start + 1],
  ]);
  return [...new Map(found.map((window) => [window.join(), window])).values()];
}

const ATOM =
  /\\p\{\w+\}|\\u[0-9a-f]{4}|\\x[0-9a-f]{2}|\\.|\[\^?(?:\\.|[^\\\]])*\]|\(\?(?:<?[=!]|:|<\w+>)|\{\d+(?:,\d*)?\}|[()|*+?^$]|[\s\S]/giu;
const SAMPLES: Readonly<Record<string, string>> = {
  ...{ '\\d': '1', '\\w': 'a', '\\s': ' ', '\\S': 'a', '\\D': 'a', '\\W': ' ' },
  ...{ '\\n': '\n', '\\r': '\r', '\\t': '\t', '\\v': '\v', '.': 'a', '\\b': '', '\\B': '' },
};

/** One text for each character that a pattern asks for, in the order in which they are written. */
function atomsOf(source: string): string[] {
  return [...source.matchAll(ATOM)].map(([atom]) => sampleOf(atom)).filter((sample) => sample !== '');
}

function sampleOf(atom: string): string {
  const known = SAMPLES[atom];
  if (known !== undefined) return known;
  if (/^(?:\(\?.*|\{\d.*|[()|*+?^$])$/.test(atom)) return '';
  if (/^\\[ux]/i.test(atom)) return String.fromCodePoint(Number.parseInt(atom.slice(2), 16));
  if (atom.startsWith('\\p')) return 'a';
  if (atom.startsWith('\\')) return atom.slice(1);
  return atom.startsWith('[') && atom.length > 1 ? memberOf(atom) : atom;
}

/** The first usual character that a class has. */
function memberOf(atom: string): string {
  const member = new RegExp(atom, 'u');
  return [...'a1 A.\n-_"\'\\/([{;:,=<*&'].find((character) => member.test(character)) ?? '';
}
