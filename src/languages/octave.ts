// Octave: runs from source, for programs in the language of MATLAB.

import { programCommand, tool } from './command.ts';
import type { Language } from './language.ts';

export const octave: Language = {
  id: 'octave',
  name: 'Octave',
  aliases: ['matlab'],
  fileExtension: '.m',
  tools: [
    {
      name: 'octave',
      hostNames: ['octave-cli', 'octave'],
      debianPath: '/usr/bin/octave-cli',
      versionArguments: ['--version'],
      versionPattern: /version (\d+\.\d+\.\d+)/,
      minimumVersion: '5.0',
    },
  ],
  debianPackages: ['octave'],
  versionTool: 'octave',
  memoryAllowanceMb: 128,
  sourceFile: () => 'main.m',
  run: ({ tools, sourceFile }) =>
    programCommand([
      tool(tools, 'octave'),
      '--no-gui',
      '--no-history',
      '--norc',
      '-q',
      `/code/${sourceFile}`,
    ]),
  uncaughtError: /^error: /m,
  examples: {
    hello: { code: 'disp("Hello, World!")\n', stdin: '', expectedOutput: 'Hello, World!\n' },
    sum: {
      code: 'numbers = fscanf(stdin, "%d");\nprintf("%d\\n", sum(numbers));\n',
      stdin: '19 23\n',
      expectedOutput: '42\n',
    },
  },
};
