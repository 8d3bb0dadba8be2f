#!/usr/bin/env node
// The command `ces`: runs and judges programs at a Code Execution Service. Exit codes: 0 for a good end, 1 for a program
// that fails, 2 for a wrong command line, 3 for a service that does not do its part.

import { CodeExecutionError, createClient } from '../../typescript/src/client.ts';
import { bench } from './bench.ts';
import { completion } from './completion.ts';
import { helpOf } from './help.ts';
import { type Context, readOptions, UsageError } from './options.ts';
import { problem } from './problem.ts';
import { listLanguages, runFile } from './run.ts';
import { createTerminal } from './terminal.ts';
import { testFile } from './test-file.ts';
import { watchFile } from './watch.ts';

const COMMANDS: Readonly<Record<string, (context: Context) => Promise<number>>> = {
  run: runFile,
  test: testFile,
  watch: watchFile,
  bench,
  problem,
  languages: listLanguages,
  completion,
};

/** A person waits. */
const RETRIES = 2;

async function main([name = 'help', ...words]: readonly string[]): Promise<number> {
  const command = COMMANDS[name];
  if (command === undefined) {
    if (!['help', '--help', '-h'].includes(name))
      throw new UsageError(
        `command must be one of ${Object.keys(COMMANDS).join(', ')}, got ${JSON.stringify(name)} (see ces --help)`,
      );
    process.stdout.write(helpOf(words[0] ?? ''));
    return 0;
  }
  const options = readOptions(words);
  if (options.help) {
    process.stdout.write(helpOf(name));
    return 0;
  }
  const client = createClient({ url: options.url, apiKey: options.key, retries: RETRIES });
  return command({ client, options, terminal: createTerminal(process.stdout, process.stderr) });
}

function messageOf({ code, path, message }: NodeJS.ErrnoException): string {
  if (code === 'ENOENT' && path !== undefined) return `there is no file ${path}`;
  return code === 'connection_failed' ? `${message}; --url or CES_URL names another` : message;
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`ces: ${messageOf(error as NodeJS.ErrnoException)}\n`);
  if (error instanceof CodeExecutionError) process.exitCode = 3;
  else if (error instanceof UsageError) process.exitCode = 2;
  else process.exitCode = (error as NodeJS.ErrnoException).code === undefined ? 3 : 2;
}
