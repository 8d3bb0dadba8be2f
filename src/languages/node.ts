// What JavaScript and TypeScript share: the runtime, its flags, and how it says that memory ran out.

import { stackBytesFor } from '../limits.ts';
import { MIB } from '../units.ts';
import { programCommand, tool } from './command.ts';
import type { BundledTool, CommandContext, InstalledTool, Language, LanguageCommand } from './language.ts';
import { AWAIT_IN_SCRIPT, PRELOAD, REQUIRE_IN_MODULES } from './node-preload.ts';

export const NODE_TOOL: InstalledTool = {
  name: 'node',
  hostNames: ['node', 'nodejs'],
  debianPath: '/usr/bin/node',
  versionArguments: ['--version'],
  versionPattern: /^v(\d+\.\d+\.\d+)/,
  minimumVersion: '18',
};

/** The Node.js that the service itself runs on. */
const OWN_NODE: BundledTool = {
  name: 'node',
  directory: 'node-24',
  packages: [`node-linux-${process.arch}`],
  path: 'bin/node',
};

/** What the builds of Node.js expect of a system. */
const NODE_LIBRARIES = ['libstdc++6'];

export const NODE_VERSIONS: NonNullable<Language['versions']> = {
  20: {
    tools: [{ ...NODE_TOOL, hostNames: [], minimumVersion: '20' }],
    debianRelease: 'trixie',
    debianPackages: ['nodejs'],
    debianMegabytes: 169,
  },
  24: { tools: [OWN_NODE], debianPackages: NODE_LIBRARIES },
};

/** MiB for what the heap's limit does not hold: V8 itself, its code, the young generation, stacks of its threads. */
export const NODE_MEMORY_ALLOWANCE_MB = 96;

/** Scripts that are loaded before the program; a name is that of a file in the language's part. */
type NodePart = 'javascript' | 'typescript';
export type NodeSupport = 'require-in-modules' | 'await-in-script';

export function nodePrebuild(part: NodePart): NonNullable<Language['prebuild']> {
  return {
    part,
    essential: false,
    inputs: [
      { path: 'preload.js', content: PRELOAD },
      { path: 'require-in-modules.js', content: REQUIRE_IN_MODULES },
      { path: 'await-in-script.js', content: AWAIT_IN_SCRIPT },
    ],
    commands: () => [],
  };
}

/** KiB of the main thread's stack that V8 leaves to native code. */
const STACK_RESERVE_KB = 4096;

/** Runs a script whose heap, and whose stack, may use the request's whole limit. */
export function runNode(
  context: CommandContext,
  script: string,
  part: NodePart,
  support: readonly NodeSupport[] = [],
): LanguageCommand {
  const heapMb = Math.max(16, Math.floor(context.memoryBytes / MIB));
  const semiSpaceMb = Math.min(16, Math.max(2, Math.floor(heapMb / 32)));
  const stackKb = Math.floor(stackBytesFor(context.memoryBytes) / 1024) - STACK_RESERVE_KB;
  const loaded = context.prebuiltParts.includes(part) ? ['preload', ...support] : [];
  const argv = [
    tool(context.tools, 'node'),
    `--max-old-space-size=${heapMb}`,
    `--max-semi-space-size=${semiSpaceMb}`,
    `--stack-size=${stackKb}`,
    ...loaded.flatMap((name) => ['--require', `${context.prebuilt}/${part}/${name}.js`]),
    ...(context.interpreterArguments ?? []),
    script,
  ];
  return programCommand(argv, {}, loaded.length > 0);
}

/** A buffer that could not be allocated is an exception. When its heap is full V8 aborts, which it alone does then. */
export function nodeWatch(part: NodePart): NonNullable<Language['watch']> {
  return { part, usualEnd: { exitCode: 1, signal: null }, runtimeSignals: ['SIGABRT', 'SIGTRAP', 'SIGILL'] };
}

/** The report of an uncaught error ends with the version. */
export const NODE_UNCAUGHT_ERROR = /^Node\.js v\d+\.\d+\.\d+\S*\s*$/m;

export const nodeRanOutOfMemory: NonNullable<Language['ranOutOfMemory']> = ({ exitCode, signal, stderr }) =>
  (signal !== null || exitCode === 134) &&
  /(?:FATAL ERROR|Fatal process out of memory): [^\n]{0,200}(?:out of memory|allocation failed)/i.test(
    stderr,
  );
