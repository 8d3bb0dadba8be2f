// Ada: GNAT. The file is named after the main procedure, as GNAT expects.

import { command, plainArgument, programCommand, tool } from './command.ts';
import type { Language } from './language.ts';

export const ada: Language = {
  id: 'ada',
  name: 'Ada',
  aliases: ['adb', 'gnat'],
  fileExtension: '.adb',
  sourceExtensions: ['.ads'],
  tools: [
    {
      name: 'gnatmake',
      hostNames: ['gnatmake', 'gnatmake-14', 'gnatmake-13', 'gnatmake-12'],
      debianPath: '/usr/bin/gnatmake-12',
      versionArguments: ['--version'],
      versionPattern: /GNATMAKE (\d+\.\d+\.\d+)/,
      minimumVersion: '10',
    },
  ],
  debianPackages: ['gnat-12', 'libc6-dev'],
  versionTool: 'gnatmake',
  memoryAllowanceMb: 0,
  sourceFile: (code) =>
    `${/^[ \t]*procedure[ \t]+(\w{1,100})/im.exec(code)?.[1]?.toLowerCase() ?? 'main'}.adb`,
  compile: ({ tools, sourceFile }) =>
    command([
      tool(tools, 'gnatmake'),
      ...['-q', '-O2', '-I/code', '-D', '/tmp', '-o', '/box/out/program', plainArgument(sourceFile)],
    ]),
  run: () => programCommand(['/build/program']),
  uncaughtError: /^raised \w+(?:\.\w+)* : /m,
  examples: {
    hello: {
      code: 'with Ada.Text_IO;\n\nprocedure Main is\nbegin\n   Ada.Text_IO.Put_Line ("Hello, World!");\nend Main;\n',
      stdin: '',
      expectedOutput: 'Hello, World!\n',
    },
    sum: {
      code: 'with Ada.Integer_Text_IO;\nwith Ada.Text_IO;\n\nprocedure Main is\n   A, B : Integer;\nbegin\n   Ada.Integer_Text_IO.Get (A);\n   Ada.Integer_Text_IO.Get (B);\n   Ada.Integer_Text_IO.Put (A + B, Width => 0);\n   Ada.Text_IO.New_Line;\nend Main;\n',
      stdin: '19 23\n',
      expectedOutput: '42\n',
    },
  },
};
