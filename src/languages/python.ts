// Python: runs from source. `site` stays on, because `exit()` comes from there; modules beside the program import.

import { programCommand, tool } from './command.ts';
import type { Language } from './language.ts';

export const python: Language = {
  id: 'python',
  name: 'Python',
  aliases: ['py', 'python3', 'python3.11'],
  fileExtension: '.py',
  sourceExtensions: ['.pyi', '.pyw'],
  tools: [
    {
      name: 'python',
      hostNames: ['python3', 'python3.14', 'python3.13', 'python3.12', 'python3.11'],
      debianPath: '/usr/bin/python3.11',
      versionArguments: ['--version'],
      versionPattern: /^Python (\d+\.\d+\.\d+)/,
      minimumVersion: '3.11',
    },
  ],
  debianPackages: ['python3.11', 'libpython3.11-stdlib'],
  debianMegabytes: 150,
  versionTool: 'python',
  memoryAllowanceMb: 0,
  sourceFile: () => 'main.py',
  run: ({ tools, sourceFile }) => programCommand([tool(tools, 'python'), '-s', '-B', `/code/${sourceFile}`]),
  // Only as the last line is it the exception that ended the program.
  ranOutOfMemory: ({ exitCode, stderr }) =>
    exitCode === 1 && /(?:^|\n)MemoryError(?:: [^\n]{0,200})?\n?$/.test(stderr),
  examples: {
    hello: { code: 'print("Hello, World!")\n', stdin: '', expectedOutput: 'Hello, World!\n' },
    sum: { code: 'print(sum(map(int, input().split())))\n', stdin: '19 23\n', expectedOutput: '42\n' },
  },
};
