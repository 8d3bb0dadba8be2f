// What people learn in their first weeks and harms nobody in a box: clearing the screen, waiting for a key, and evaluating
// what was typed in. Code that was hidden, and code that names what an attack needs, is no such thing.

import type { Arguments, Harmless, JudgedCall, Rule } from '../rule.ts';

const MAX_COMMAND = 200;
const MAX_BODY = 500;
/** Commands for the terminal, of Unix and of Windows. */
const ONE_COMMAND = new RegExp(
  `^@?(/usr)?(/bin/)?(${[
    'clear( -\\w)?|cls|reset|pause|color( ?[0-9a-f]{1,2})?|chcp \\d+|mode [\\w :,=]+',
    'tput( \\w+){1,3}|stty( [\\w-]+){1,6}|(export )?TERM=[\\w-]+( clear)?|printf ["\']?[\\x1b\\\\\\w;[]{1,20}["\']?',
    'sleep [\\d.]+|timeout( /t)? \\d+( /nobreak)?|read( [\\w .,:\'"-]*)?|title [^/$`<>|]*|echo off',
  ].join('|')}|)( *\\d?> ?(nul|/dev/null|&1))*$`,
  'i',
);
const SHELL = /^((cmd(\.exe)?|command) \/[ck]|(\/bin\/)?(ba)?sh -l?c) +/i;

/** True for a command line that does nothing but clear the screen, set up the terminal or wait. */
function isForTerminal(line: string): boolean {
  if (line.length > MAX_COMMAND || line.includes('\n')) return false;
  const commands = line
    .trim()
    .replace(SHELL, '')
    .split(/\|\||&&|;|(?<![>&])&(?![\d&])/);
  return commands.every((command) => ONE_COMMAND.test(command.trim()));
}

/** For calls whose first argument is the command line. */
export function isForTerminalOnly({ args }: JudgedCall, { choicesOf }: Arguments): boolean {
  const choices = args[0] ? choicesOf(valueIn(args[0])) : null;
  return choices?.every(isForTerminal) ?? false;
}

/** For calls whose arguments, texts or lists of them, are the words of the command line. */
export function areWordsForTerminal(call: JudgedCall, { choicesOf }: Arguments): boolean {
  const words = call.args.filter((each) => !OPTIONS.has(String(each.kind()))).map(choicesOf);
  if (words.length === 1) return words[0]?.every(isForTerminal) ?? false;
  return (
    words.every((each) => each?.length === 1) && words.length > 0 && isForTerminal(words.flat().join(' '))
  );
}

/** How the process is started, and what is called when it ends. */
const OPTIONS = new Set(['keyword_argument', 'object', 'arrow_function', 'function_expression']);

function valueIn(argument: JudgedCall['node']) {
  return argument.kind() === 'keyword_argument' ? (argument.field('value') ?? argument) : argument;
}

/** A list of words and options, or one line with options, as Python and Node take them. */
export function startsTerminalCommand(call: JudgedCall, known: Arguments): boolean {
  // The program that is started may be another than the words say.
  if (call.args.some((each) => each.field('name')?.text() === 'executable')) return false;
  return areWordsForTerminal(call, known) || isForTerminalOnly(call, known);
}

/** `#define CLEAR system("clear")`. */
export function isTerminalMacro(node: JudgedCall['node']): boolean {
  const body = node.field('value')?.text().slice(0, MAX_BODY) ?? '';
  const lines = [...body.matchAll(/\bsystem\s*\(\s*"([^"\\]{0,200})"\s*\)/g)].map(([, line = '']) => line);
  const uses = body.match(/\bsystem\b(?=[^"]*(?:"[^"]*"[^"]*)*$)/g) ?? [];
  return lines.length > 0 && lines.length === uses.length && lines.every(isForTerminal);
}

/** Of Rust the words are in the calls that follow: `Command::new("cmd").args(["/c", "cls"]).status()`. */
export function isTerminalChain({ node, args }: JudgedCall, { choicesOf }: Arguments): boolean {
  const program = args[0] ? choicesOf(args[0]) : null;
  if (program?.every((each) => each !== '' && isForTerminal(each))) return true;
  let chain = node;
  for (
    let around = chain.parent();
    around && /^(call|field|await|try)_/.test(String(around.kind()));
    around = around.parent()
  )
    chain = around;
  const text = chain.text().slice(0, MAX_COMMAND * 2);
  const words = [...text.matchAll(/"([^"\\]{0,80})"/g)].map(([, word]) => word);
  return /\.args?\(/.test(text) && isForTerminal(words.join(' ')) && SHELL.test(`${words.join(' ')} `);
}

export const terminal = (samples: Pick<Rule, 'refuses' | 'allows'>): Rule => ({
  id: 'terminal',
  severity: 'warning',
  message: 'Clearing the screen or waiting for a key does nothing here',
  why: 'Programs run without a terminal: what they print is read when they have ended.',
  ...samples,
});

export const evaluation = (samples: Pick<Rule, 'refuses' | 'allows'>): Rule => ({
  id: 'evaluation',
  severity: 'warning',
  message: 'Input is evaluated as code: convert it to the type that is expected',
  why: 'Whatever is typed in is run. In a box that harms nobody; elsewhere it gives the machine away.',
  ...samples,
});

const PROMPT =
  /\b(raw_)?(input|prompt\w*|question\w*)\s*\(\s*[fru]?("(?:[^"\\\n]|\\.){0,200}"|'(?:[^'\\\n]|\\.){0,200}'|`[^`\n]{0,200}`)\s*\)/g;

/** The code is neither hidden nor fetched, and names nothing that an attack needs. */
function isPlain(source: string, suspicious: RegExp, ordinary: RegExp): boolean {
  return !suspicious.test(source.replace(PROMPT, ' ').replace(ordinary, ' '));
}

/** `eval(input())`, `eval("1 + 1")`, and the like; `eval` by its own name only. */
export function evaluatingOf(
  path: RegExp,
  { suspicious, ordinary, input }: { suspicious: RegExp; ordinary: RegExp; input: RegExp },
): Harmless {
  return {
    rule: 'evaluation',
    calls: path,
    isHarmless: ({ node, args }, { choicesOf, sourceOf }) => {
      const [code] = args;
      if (!/^eval\s*\(/.test(node.text().slice(0, MAX_COMMAND)) || code === undefined) return false;
      const folded = choicesOf(code) ?? [];
      return [sourceOf(code), ...folded].every((text) => isPlain(text, suspicious, ordinary));
    },
    isHarmlessArgument: ({ written, args }, { sourceOf }) => {
      const values = args.slice(1).map(sourceOf).join('\n');
      return written === 'map' && input.test(values) && isPlain(values, suspicious, ordinary);
    },
  };
}
