// How the syntax tree of shell scripts is read. A script is commands, so that names of commands are all that is followed.

import type { Grammar, Node } from '../grammar.ts';

/** Commands that run the command which follows their options. */
const PREFIXES = new Set([
  'command',
  'builtin',
  'exec',
  'env',
  'nohup',
  'time',
  'nice',
  'timeout',
  'xargs',
  'setsid',
  'stdbuf',
]);
const MAX_COMMANDS = 5000;

export const bash: Grammar = {
  parser: 'bash',
  extensions: ['.sh', '.bash'],
  names: [],
  implicit: [],
  importKinds: [],
  imports: () => [],
  members: {},
  subscripts: {},
  calls: {},
  argumentLists: [],
  aliases: { variable_assignment: { target: 'name', value: 'value' } },
  aliasNames: () => [],
  transparent: [],
  position: () => 'use',
  properties: [],
  results: {},
  passes: {},
  rewrites: [],
  strings: [],
  interpolations: [],
  concatenations: [],
  hiddenUses: (root) => [...commandUses(root), ...copiesOfItself(root)],
  complexity: {
    functions: ['function_definition'],
    branches: [
      'if_statement',
      'elif_clause',
      'for_statement',
      'c_style_for_statement',
      'while_statement',
      'case_item',
    ],
    operators: { list: ['&&', '||'] },
    nesting: [
      'if_statement',
      'for_statement',
      'c_style_for_statement',
      'while_statement',
      'case_statement',
      'function_definition',
      'subshell',
    ],
  },
};

/** Each command by name, unless the script has a function of that name. */
function commandUses(root: Node): { path: string; node: Node }[] {
  const own = new Set(
    root.findAll({ rule: { kind: 'function_definition' } }).map((each) => each.field('name')?.text()),
  );
  const commands = root.findAll({ rule: { kind: 'command' } }).slice(0, MAX_COMMANDS);
  return commands.flatMap((node) => {
    const words = [node.field('name'), ...node.fieldChildren('argument')].map((word) =>
      word === null ? null : wordOf(root, word),
    );
    const name = programOf(words);
    return name === null || own.has(name) ? [] : [{ path: `command ${name}`, node }];
  });
}

/** The program that a command runs in the end: `sudo` of `env -i sudo ls`. */
function programOf(words: readonly (string | null)[]): string | null {
  for (const [index, word] of words.entries()) {
    if (word === null) return null;
    if (index > 0 && /^-|=|^[\d.]+$/.test(word)) continue;
    const name = word.split('/').at(-1) ?? word;
    if (!PREFIXES.has(name)) return name;
  }
  return null;
}

/** Functions that start themselves, and scripts that do, where nothing decides whether they go on. */
function copiesOfItself(root: Node): { path: string; node: Node }[] {
  const functions = root.findAll({ rule: { kind: 'function_definition' } }).filter((definition) => {
    const [name, body] = [definition.field('name')?.text(), definition.field('body')];
    if (name === undefined || body === null || body.find({ rule: { any: DECISIONS } }) !== null) return false;
    const own = body.findAll({ rule: { kind: 'command' } }).filter((each) => programName(each) === name);
    return own.some((each) => isInBackground(each) || each.parent()?.kind() === 'pipeline');
  });
  const scripts = root
    .findAll({ rule: { kind: 'command', regex: '^((ba|da|z|k)?sh\\s+)?"?\\$\\{?(0|BASH_SOURCE)\\b' } })
    .filter(isInBackground);
  return [...functions, ...scripts].map((node) => ({ path: 'copy of itself', node }));
}

const DECISIONS = [
  { kind: 'if_statement' },
  { kind: 'case_statement' },
  { kind: 'list' },
  { kind: 'test_command' },
  { kind: 'command', regex: '^(return|exit|test)\\b' },
];

function programName(command: Node): string | undefined {
  return command.field('name')?.text();
}

function isInBackground(node: Node): boolean {
  return node.next()?.text() === '&';
}

/** A word without quotes; of a variable what it was once assigned. */
function wordOf(root: Node, node: Node): string | null {
  const text = node.text();
  if (text.length > 200) return null;
  const variable = /^"?\$\{?(\w+)\}?"?$/.exec(text)?.[1];
  if (variable !== undefined) return assignedWord(root, variable);
  return /[$`]/.test(text) ? null : text.replace(/["'\\]/g, '');
}

function assignedWord(root: Node, variable: string): string | null {
  const found = root.findAll({
    rule: { kind: 'variable_assignment', has: { field: 'name', regex: `^${variable}$` } },
  });
  const value = found.length === 1 ? found[0]?.field('value')?.text() : undefined;
  return value === undefined || /[$`(]/.test(value) ? null : value.replace(/["'\\]/g, '');
}
