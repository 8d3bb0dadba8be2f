// Scheme: Guile, which runs from source.

import { programCommand, tool } from './command.ts';
import type { Language } from './language.ts';

export const scheme: Language = {
  id: 'scheme',
  name: 'Scheme',
  aliases: ['guile', 'scm'],
  fileExtension: '.scm',
  tools: [
    {
      name: 'guile',
      hostNames: ['guile-3.0', 'guile'],
      debianPath: '/usr/bin/guile-3.0',
      versionArguments: ['--version'],
      versionPattern: /\(GNU Guile\) (\d+\.\d+\.\d+)/,
      minimumVersion: '3.0',
    },
  ],
  debianPackages: ['guile-3.0'],
  versionTool: 'guile',
  memoryAllowanceMb: 32,
  sourceFile: () => 'main.scm',
  run: ({ tools, sourceFile }) =>
    programCommand([tool(tools, 'guile'), '--no-auto-compile', '-L', '/code', '-s', `/code/${sourceFile}`]),
  uncaughtError: /^Backtrace:$/m,
  examples: {
    hello: { code: '(display "Hello, World!")\n(newline)\n', stdin: '', expectedOutput: 'Hello, World!\n' },
    sum: { code: '(display (+ (read) (read)))\n(newline)\n', stdin: '19 23\n', expectedOutput: '42\n' },
  },
};
