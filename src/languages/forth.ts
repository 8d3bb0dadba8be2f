// Forth: Gforth.

import { programCommand, tool } from './command.ts';
import type { Language } from './language.ts';

export const forth: Language = {
  id: 'forth',
  name: 'Forth',
  aliases: ['gforth'],
  fileExtension: '.fs',
  sourceExtensions: ['.fth', '.4th'],
  tools: [
    {
      name: 'gforth',
      hostNames: ['gforth'],
      debianPath: '/usr/bin/gforth',
      versionArguments: ['--version'],
      versionPattern: /^gforth (\d+\.\d+\.\d+)/,
      minimumVersion: '0.7',
    },
  ],
  debianPackages: ['gforth'],
  versionTool: 'gforth',
  memoryAllowanceMb: 0,
  sourceFile: () => 'main.fs',
  run: ({ tools, sourceFile }) => programCommand([tool(tools, 'gforth'), `/code/${sourceFile}`, '-e', 'bye']),
  examples: {
    hello: { code: '." Hello, World!" cr\n', stdin: '', expectedOutput: 'Hello, World!\n' },
    sum: {
      code: 'create line 80 allot\n\n: sum ( -- )\n  line 80 stdin read-line throw drop\n  line swap evaluate + 0 .r cr ;\n\nsum\n',
      stdin: '19 23\n',
      expectedOutput: '42\n',
    },
  },
};
