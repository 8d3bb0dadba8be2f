// How the syntax tree of shell scripts is read. A script is commands, so that names of commands are all that is followed.

import type { Grammar, Node } from '../engine/grammar.ts';
import { isOutsidePath } from '../engine/outside-paths.ts';

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
/** Commands whose arguments are files. */
const OF_FILES =
  /^(cat|tac|head|tail|less|more|cp|mv|rm|rmdir|ln|chmod|chown|dd|tee|touch|ls|find|du|tar|od|xxd|hexdump|strings|stat|source|\.|cd)$/;
/** A command whose first word needs no reading: it has neither quotes nor variables, and is no assignment. */
const PLAIN_NAME = /^[\w./+-]+(?=\s|$)/;
/** The same of all its words. */
const PLAIN_WORDS = /^[\w./+-]+(?:[ \t]+[\w./+:,@%=-]+)*$/;
const MAX_COMMANDS = 5000;
const MAX_WORD = 200;

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
  let assigned: Assigned | undefined;
  const commands = root.findAll({ rule: { kind: 'command' } }).slice(0, MAX_COMMANDS);
  return commands.flatMap((node) => {
    const text = node.text();
    const plain = plainName(text);
    if (plain !== null) return own.has(plain) ? [] : [{ path: `command ${plain}`, node }];
    assigned ??= assignedIn(root);
    const words = PLAIN_WORDS.test(text) ? text.split(/\s+/) : wordsOf(assigned, node);
    const name = programOf(words);
    if (name === null || own.has(name)) return [];
    const isOutside =
      OF_FILES.test(name) && words.slice(1).some((word) => word !== null && leavesTheBox(word));
    return [{ path: `command ${name}`, node }, ...(isOutside ? [{ path: 'file outside', node }] : [])];
  });
}

/**
 * The program of a command of which no other word matters. Asking the tree for each word takes much longer, and a script
 * has thousands of commands.
 */
function plainName(command: string): string | null {
  const [word] = PLAIN_NAME.exec(command) ?? [];
  const name = word?.split('/').at(-1) || null;
  return name === null || PREFIXES.has(name) || OF_FILES.test(name) ? null : name;
}

function wordsOf(assigned: Assigned, command: Node): (string | null)[] {
  return [command.field('name'), ...command.fieldChildren('argument')].map((word) =>
    word === null ? null : wordOf(assigned, word),
  );
}

/** Also `if=/dev/sda`. A script may look one directory up, and go home. */
function leavesTheBox(word: string): boolean {
  const path = word.replace(/^\w+=/, '');
  return isOutsidePath(path) && !/^(\.\.(\/(?!\.\.)[^/]*)*|~\/?|\/)$/.test(path);
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

const ITSELF = /\$\{?(0|BASH_SOURCE)/;

/** Functions that start themselves, and scripts that do, where nothing decides whether they go on. */
function copiesOfItself(root: Node): { path: string; node: Node }[] {
  const functions = root.findAll({ rule: { kind: 'function_definition' } }).filter((definition) => {
    const [name, body] = [definition.field('name')?.text(), definition.field('body')];
    if (name === undefined || body === null || !mayStart(name, body.text())) return false;
    if (body.find({ rule: { any: DECISIONS } }) !== null) return false;
    const own = body.findAll({ rule: { kind: 'command' } }).filter((each) => programName(each) === name);
    return own.some((each) => isInBackground(each) || each.parent()?.kind() === 'pipeline');
  });
  const copies = { kind: 'command', regex: '^((ba|da|z|k)?sh\\s+)?"?\\$\\{?(0|BASH_SOURCE)\\b' };
  // The pattern takes longer to compile than most scripts to read.
  const scripts = ITSELF.test(root.text()) ? root.findAll({ rule: copies }).filter(isInBackground) : [];
  return [...functions, ...scripts].map((node) => ({ path: 'copy of itself', node }));
}

/** Few functions name themselves: the others need no search of their tree. */
function mayStart(name: string, body: string): boolean {
  return body.includes(name) && /[&|]/.test(body);
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

/** A word without quotes; in place of a variable what it was once assigned. */
function wordOf(assigned: Assigned, node: Node): string | null {
  const text = node.text();
  if (text.length > MAX_WORD) return null;
  const filled = text.replace(
    /\$(\w+)|\$\{(\w+)\}/g,
    (all, plain, braced) => assigned.get(plain ?? braced) ?? all,
  );
  return /[$`]/.test(filled) ? null : filled.replace(/["'\\]/g, '');
}

/** One word, which is all that is read of an assignment. */
const PLAIN_ASSIGNMENT = /^(\w+)\+?=(\S*)$/;

/** What each variable is assigned, `null` where that is not one known word. */
type Assigned = ReadonlyMap<string, string | null>;

function assignedIn(root: Node): Assigned {
  const assigned = new Map<string, string | null>();
  for (const node of root.findAll({ rule: { kind: 'variable_assignment' } })) {
    const [, name = '', value = ''] = PLAIN_ASSIGNMENT.exec(node.text()) ?? partsOf(node);
    const isWord = value.length <= MAX_WORD && !/[$`(]/.test(value) && !assigned.has(name);
    assigned.set(name, isWord ? value.replace(/["'\\]/g, '') : null);
  }
  return assigned;
}

function partsOf(assignment: Node): string[] {
  return ['', assignment.field('name')?.text() ?? '', assignment.field('value')?.text() ?? ''];
}
