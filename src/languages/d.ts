// D: LDC with its standard library.

import { command, programCommand, sourceArguments, tool } from './command.ts';
import type { Language } from './language.ts';

export const d: Language = {
  id: 'd',
  name: 'D',
  aliases: ['dlang', 'ldc'],
  fileExtension: '.d',
  tools: [
    {
      name: 'ldc',
      hostNames: ['ldc2'],
      debianPath: '/usr/bin/ldc2',
      versionArguments: ['--version'],
      versionPattern: /D compiler \((\d+\.\d+\.\d+)\)/,
      minimumVersion: '1.20',
    },
  ],
  debianPackages: ['ldc', 'gcc', 'libc6-dev'],
  configuration: ['/etc/ldc2.conf'],
  versionTool: 'ldc',
  memoryAllowanceMb: 0,
  sourceFile: () => 'main.d',
  compile: ({ tools, files }) =>
    command([
      tool(tools, 'ldc'),
      ...['-O2', '-d-version=ONLINE_JUDGE', '-I/code', '-od=/tmp', '-of=/box/out/program'],
      ...sourceArguments(files, ['.d']),
    ]),
  run: () => programCommand(['/build/program']),
  uncaughtError: /^\w+(?:\.\w+)*(?:Exception|Error)@/m,
  examples: {
    hello: {
      code: 'import std.stdio;\n\nvoid main()\n{\n    writeln("Hello, World!");\n}\n',
      stdin: '',
      expectedOutput: 'Hello, World!\n',
    },
    sum: {
      code: 'import std.stdio;\n\nvoid main()\n{\n    long a, b;\n    readf(" %d %d", a, b);\n    writeln(a + b);\n}\n',
      stdin: '19 23\n',
      expectedOutput: '42\n',
    },
  },
};
