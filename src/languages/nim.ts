// Nim: compiled by way of C, optimized and with its checks.

import { command, programCommand, tool } from './command.ts';
import type { Language } from './language.ts';

export const nim: Language = {
  id: 'nim',
  name: 'Nim',
  aliases: [],
  fileExtension: '.nim',
  tools: [
    {
      name: 'nim',
      hostNames: ['nim'],
      debianPath: '/usr/bin/nim',
      versionArguments: ['--version'],
      versionPattern: /Version (\d+\.\d+\.\d+)/,
      minimumVersion: '1.4',
    },
  ],
  debianPackages: ['nim', 'gcc', 'libc6-dev'],
  configuration: ['/etc/nim'],
  versionTool: 'nim',
  memoryAllowanceMb: 0,
  sourceFile: () => 'main.nim',
  compile: ({ tools, sourceFile }) =>
    command([
      tool(tools, 'nim'),
      ...['compile', '--verbosity:0', '--hints:off', '--define:release', '--define:ONLINE_JUDGE'],
      ...['--nimcache:/tmp/nim', '--out:/box/out/program', `/code/${sourceFile}`],
    ]),
  run: () => programCommand(['/build/program']),
  uncaughtError: /^Error: unhandled exception: /m,
  examples: {
    hello: { code: 'echo "Hello, World!"\n', stdin: '', expectedOutput: 'Hello, World!\n' },
    sum: {
      code: 'import std/[sequtils, strutils]\n\nlet numbers = stdin.readLine.splitWhitespace.map(parseInt)\necho numbers[0] + numbers[1]\n',
      stdin: '19 23\n',
      expectedOutput: '42\n',
    },
  },
};
