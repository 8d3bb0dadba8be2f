// What JavaScript and TypeScript share: the runtime, its flags, and how it says that memory ran out.

import { MIB, programCommand, tool } from './command.ts';
import type { CommandContext, InstalledTool, Language, LanguageCommand } from './language.ts';

export const NODE_TOOL: InstalledTool = {
  name: 'node',
  hostNames: ['node', 'nodejs'],
  debianPath: '/usr/bin/node',
  versionArguments: ['--version'],
  versionPattern: /^v(\d+\.\d+\.\d+)/,
  minimumVersion: '18',
};

/** MiB for what the heap's limit does not hold: V8 itself, its code, the young generation, stacks of its threads. */
export const NODE_MEMORY_ALLOWANCE_MB = 96;

/** Runs a script whose heap may use the request's whole limit. */
export function runNode(context: CommandContext, script: string): LanguageCommand {
  const heapMb = Math.max(16, Math.floor(context.memoryBytes / MIB));
  const semiSpaceMb = Math.min(16, Math.max(2, Math.floor(heapMb / 32)));
  return programCommand([
    tool(context.tools, 'node'),
    `--max-old-space-size=${heapMb}`,
    `--max-semi-space-size=${semiSpaceMb}`,
    script,
  ]);
}

/** V8 aborts when its heap is full; a buffer that it cannot allocate is an exception. */
export const nodeRanOutOfMemory: NonNullable<Language['ranOutOfMemory']> = ({ exitCode, signal, stderr }) =>
  ((signal === 'SIGABRT' || exitCode === 134) &&
    /FATAL ERROR: [^\n]{0,200}(?:out of memory|allocation failed)/i.test(stderr)) ||
  (exitCode === 1 && stderr.includes('RangeError: Array buffer allocation failed'));
