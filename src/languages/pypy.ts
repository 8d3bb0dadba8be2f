// PyPy: Python 3.9 with a compiler at run time, for long computations.

import { programCommand, tool } from './command.ts';
import type { Language } from './language.ts';

export const pypy: Language = {
  id: 'pypy',
  name: 'PyPy',
  aliases: ['pypy3'],
  fileExtension: '.py',
  tools: [
    {
      name: 'pypy',
      hostNames: ['pypy3'],
      debianPath: '/usr/bin/pypy3',
      versionArguments: ['--version'],
      versionPattern: /PyPy (\d+\.\d+\.\d+)/,
      minimumVersion: '7.3',
    },
  ],
  debianPackages: ['pypy3'],
  versionTool: 'pypy',
  memoryAllowanceMb: 64,
  sourceFile: () => 'main.py',
  run: ({ tools, sourceFile }) =>
    programCommand([tool(tools, 'pypy'), '-s', '-B', `/code/${sourceFile}`], {
      // Otherwise it looks for the size of a cache in /proc, and warns that there is none.
      PYPY_GC_NURSERY: '4MB',
    }),
  uncaughtError: /^Traceback \(most recent call last\):$/m,
  ranOutOfMemory: ({ exitCode, stderr }) =>
    exitCode === 1 && /(?:^|\n)MemoryError(?:: [^\n]{0,200})?\n?$/.test(stderr),
  examples: {
    hello: { code: 'print("Hello, World!")\n', stdin: '', expectedOutput: 'Hello, World!\n' },
    sum: { code: 'print(sum(map(int, input().split())))\n', stdin: '19 23\n', expectedOutput: '42\n' },
  },
};
