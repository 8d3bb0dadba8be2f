// `ces run` and `ces languages`.

import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import type { ExecutionResult } from '../../typescript/src/client.ts';
import { type Context, languageOf, limitsOf, programFile } from './options.ts';

/** The program's output is the command's own; what went wrong is on stderr. */
export async function runFile(context: Context): Promise<number> {
  const stdin = process.stdin.isTTY ? '' : await text(process.stdin);
  return runOnce(context, stdin);
}

export async function runOnce(context: Context, stdin: string): Promise<number> {
  const { client, options, terminal } = context;
  const file = programFile(options);
  const code = await readFile(file, 'utf8');
  const language = await languageOf(file, context);
  const request = { language, code, stdin, args: [...options.args], ...limitsOf(options) };
  const result = await client.execute(request);
  if (options.json) terminal.print(JSON.stringify(result, null, 2));
  else show(result, context);
  return result.status === 'completed' ? 0 : 1;
}

function show(result: ExecutionResult, { terminal }: Context): void {
  const { compile, status } = result;
  const [run] = result.results;
  if (compile?.output) terminal.printError(compile.output);
  if (status === 'compilation_error' || run === undefined) {
    terminal.printError(terminal.colour('red', 'compilation error'));
    return;
  }
  process.stdout.write(run.stdout ?? '');
  process.stderr.write(run.stderr ?? '');
  if (status !== 'completed') {
    terminal.printError(terminal.colour('red', `${status.replaceAll('_', ' ')}: ${run.message ?? ''}`));
  }
}

export async function listLanguages({ client, options, terminal }: Context): Promise<number> {
  const languages = await client.languages();
  if (options.json) terminal.print(JSON.stringify(languages, null, 2));
  else {
    for (const { id, name, versions, status, file_extension } of languages) {
      const shown = status === 'ready' ? versions.join(', ') : terminal.colour('dim', status);
      terminal.print(`${id.padEnd(12)} ${name.padEnd(12)} ${file_extension.padEnd(6)} ${shown}`);
    }
  }
  return 0;
}
