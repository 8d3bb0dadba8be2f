// Fortran: GNU Fortran, free form.

import { command, programCommand, sourceArguments, tool } from './command.ts';
import type { Language } from './language.ts';

export const fortran: Language = {
  id: 'fortran',
  name: 'Fortran',
  aliases: ['f90', 'gfortran'],
  fileExtension: '.f90',
  sourceExtensions: ['.f95', '.f03', '.f08', '.f'],
  tools: [
    {
      name: 'gfortran',
      hostNames: ['gfortran', 'gfortran-15', 'gfortran-14', 'gfortran-13', 'gfortran-12', 'gfortran-11'],
      debianPath: '/usr/bin/gfortran-11',
      versionArguments: ['-dumpfullversion'],
      versionPattern: /^(\d+\.\d+\.\d+)/,
      minimumVersion: '10',
    },
  ],
  debianPackages: ['gfortran-11', 'gcc-11', 'libc6-dev'],
  versionTool: 'gfortran',
  memoryAllowanceMb: 0,
  sourceFile: () => 'main.f90',
  compile: ({ tools, files }) =>
    command([
      tool(tools, 'gfortran'),
      ...['-O2', '-cpp', '-DONLINE_JUDGE', '-J/tmp', '-o', '/box/out/program'],
      // A module comes before those that use it, and the main source last.
      ...sourceArguments([...files.slice(1), ...files.slice(0, 1)], ['.f90', '.f95', '.f03', '.f08', '.f']),
    ]),
  run: () => programCommand(['/build/program']),
  examples: {
    hello: {
      code: "program hello\n  print '(a)', 'Hello, World!'\nend program hello\n",
      stdin: '',
      expectedOutput: 'Hello, World!\n',
    },
    sum: {
      code: "program sum_of_two\n  integer(8) :: a, b\n  read *, a, b\n  print '(i0)', a + b\nend program sum_of_two\n",
      stdin: '19 23\n',
      expectedOutput: '42\n',
    },
  },
};
