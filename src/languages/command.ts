// How a command of a language is put together. The environment that every program has stands here and nowhere else.

import type { LanguageCommand } from './language.ts';

const COMMON_ENVIRONMENT = {
  PATH: '/usr/local/bin:/usr/bin:/bin',
  HOME: '/tmp',
  TMPDIR: '/tmp',
  LANG: 'C.UTF-8',
} as const;

/** A command in the common environment; `additions` are the language's own variables. */
export function command(
  argv: readonly string[],
  additions: Readonly<Record<string, string>> = {},
): LanguageCommand {
  return { argv, environment: { ...COMMON_ENVIRONMENT, ...additions } };
}

/** The command of a submitted program, which may ask by a usual name whether it is judged. */
export function programCommand(
  argv: readonly string[],
  additions: Readonly<Record<string, string>> = {},
  hasGate = false,
): LanguageCommand {
  const plain = command(argv, { ONLINE_JUDGE: '1', ...additions });
  return hasGate ? { ...plain, hasGate } : plain;
}

/** The path of a required tool. A missing one is a mistake in the language's own list. */
export function tool(tools: Readonly<Record<string, string>>, name: string): string {
  const path = tools[name];
  if (path === undefined) throw new Error(`tool ${name} is not among ${Object.keys(tools).join(', ')}`);
  return path;
}

/**
 * The files with one of the endings, as arguments relative to the working directory, where they are linked: messages
 * of compilers then name them as the client did. A name that begins with `-` must not be taken for an option, and one that
 * begins with `@` not for a file of further arguments.
 */
export function sourceArguments(files: readonly string[], endings: readonly string[]): string[] {
  return files.filter((file) => endings.some((ending) => file.endsWith(ending))).map(plainArgument);
}

/** A file's name as an argument that can be nothing else. */
export function plainArgument(file: string): string {
  return /^[-@]/.test(file) ? `./${file}` : file;
}
