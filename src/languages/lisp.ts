// Common Lisp: SBCL, which compiles each form as it reads it.

import { MIB } from '../units.ts';
import { programCommand, tool } from './command.ts';
import type { Language } from './language.ts';

export const lisp: Language = {
  id: 'lisp',
  name: 'Common Lisp',
  aliases: ['commonlisp', 'sbcl', 'cl'],
  fileExtension: '.lisp',
  sourceExtensions: ['.cl', '.lsp'],
  tools: [
    {
      name: 'sbcl',
      hostNames: ['sbcl'],
      debianPath: '/usr/bin/sbcl',
      versionArguments: ['--version'],
      versionPattern: /^SBCL (\d+\.\d+\.\d+)/,
      minimumVersion: '2.0',
    },
  ],
  debianPackages: ['sbcl'],
  versionTool: 'sbcl',
  memoryAllowanceMb: 64,
  sourceFile: () => 'main.lisp',
  run: ({ tools, sourceFile, memoryBytes }) =>
    programCommand([
      tool(tools, 'sbcl'),
      ...['--dynamic-space-size', `${Math.floor(memoryBytes / MIB)}MB`, '--script', `/code/${sourceFile}`],
    ]),
  uncaughtError: /^Unhandled [\w:-]+ in thread /m,
  ranOutOfMemory: ({ exitCode, stderr }) =>
    exitCode !== 0 && /^(?:Heap exhausted|fatal error[^\n]*\n?Heap exhausted)/m.test(stderr),
  examples: {
    hello: { code: '(format t "Hello, World!~%")\n', stdin: '', expectedOutput: 'Hello, World!\n' },
    sum: { code: '(format t "~d~%" (+ (read) (read)))\n', stdin: '19 23\n', expectedOutput: '42\n' },
  },
};
