// Perl: runs from source, with the modules of the standard library.

import { programCommand, tool } from './command.ts';
import type { Language } from './language.ts';

export const perl: Language = {
  id: 'perl',
  name: 'Perl',
  aliases: ['pl', 'perl5'],
  fileExtension: '.pl',
  sourceExtensions: ['.pm'],
  tools: [
    {
      name: 'perl',
      hostNames: ['perl'],
      debianPath: '/usr/bin/perl',
      versionArguments: ['-v'],
      versionPattern: /\(v(\d+\.\d+\.\d+)\)/,
      minimumVersion: '5.30',
    },
  ],
  debianPackages: ['perl'],
  versionTool: 'perl',
  memoryAllowanceMb: 0,
  sourceFile: () => 'main.pl',
  run: ({ tools, sourceFile }) => programCommand([tool(tools, 'perl'), '-I/code', `/code/${sourceFile}`]),
  examples: {
    hello: { code: 'print "Hello, World!\\n";\n', stdin: '', expectedOutput: 'Hello, World!\n' },
    sum: {
      code: 'my ($a, $b) = split " ", <STDIN>;\nprint $a + $b, "\\n";\n',
      stdin: '19 23\n',
      expectedOutput: '42\n',
    },
  },
};
