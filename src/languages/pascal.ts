// Pascal: Free Pascal. Its configuration is not read: the units are named, so that it does not matter how the package was
// set up.

import { command, plainArgument, programCommand, tool } from './command.ts';
import type { Language } from './language.ts';

const UNITS = process.arch === 'x64' ? 'x86_64-linux' : 'aarch64-linux';
const LIBRARY = process.arch === 'x64' ? 'x86_64-linux-gnu' : 'aarch64-linux-gnu';
const COMPILER = process.arch === 'x64' ? 'ppcx64' : 'ppca64';

export const pascal: Language = {
  id: 'pascal',
  name: 'Pascal',
  aliases: ['fpc', 'pas', 'freepascal'],
  fileExtension: '.pas',
  sourceExtensions: ['.pp', '.inc'],
  tools: [
    {
      name: 'fpc',
      hostNames: ['fpc', 'fpc-3.2.2'],
      debianPath: `/usr/lib/${LIBRARY}/fpc/3.2.2/${COMPILER}`,
      versionArguments: ['-iV'],
      versionPattern: /^(\d+\.\d+\.\d+)/,
      minimumVersion: '3.2',
    },
  ],
  debianPackages: ['fp-compiler-3.2.2', 'fp-units-rtl-3.2.2', 'fp-units-base-3.2.2', 'fp-units-fcl-3.2.2'],
  versionTool: 'fpc',
  memoryAllowanceMb: 0,
  sourceFile: () => 'main.pas',
  compile: ({ tools, sourceFile }) =>
    command([
      tool(tools, 'fpc'),
      ...['-n', '-O2', '-Xs', '-v0ewn', '-l-', '-dONLINE_JUDGE'],
      ...[`-Fu/usr/lib/${LIBRARY}/fpc/3.2.2/units/${UNITS}/*`, '-Fu/code', '-FU/tmp'],
      ...['-o/box/out/program', plainArgument(sourceFile)],
    ]),
  run: () => programCommand(['/build/program']),
  examples: {
    hello: {
      code: "begin\n  writeln('Hello, World!');\nend.\n",
      stdin: '',
      expectedOutput: 'Hello, World!\n',
    },
    sum: {
      code: 'var\n  a, b: int64;\nbegin\n  read(a, b);\n  writeln(a + b);\nend.\n',
      stdin: '19 23\n',
      expectedOutput: '42\n',
    },
  },
};
