// Prolog: SWI-Prolog. The program is its directives and what `initialization` names.

import { programCommand, tool } from './command.ts';
import type { Language } from './language.ts';

export const prolog: Language = {
  id: 'prolog',
  name: 'Prolog',
  aliases: ['swipl', 'swi-prolog'],
  fileExtension: '.pl',
  tools: [
    {
      name: 'swipl',
      hostNames: ['swipl'],
      debianPath: '/usr/bin/swipl',
      versionArguments: ['--version'],
      versionPattern: /version (\d+\.\d+\.\d+)/,
      minimumVersion: '8.2',
    },
  ],
  debianPackages: ['swi-prolog-nox'],
  versionTool: 'swipl',
  memoryAllowanceMb: 32,
  sourceFile: () => 'main.pl',
  run: ({ tools, sourceFile, memoryBytes }) =>
    programCommand([
      tool(tools, 'swipl'),
      ...['-q', '--on-error=status', `--stack-limit=${Math.floor(memoryBytes / 1024)}k`],
      ...['-t', 'halt', `/code/${sourceFile}`],
    ]),
  examples: {
    hello: {
      code: ":- initialization(main).\n\nmain :- writeln('Hello, World!').\n",
      stdin: '',
      expectedOutput: 'Hello, World!\n',
    },
    sum: {
      code: ':- initialization(main).\n\nmain :-\n    read_line_to_string(user_input, Line),\n    split_string(Line, " ", "", Words),\n    maplist([Word, Number]>>number_string(Number, Word), Words, Numbers),\n    sum_list(Numbers, Sum),\n    writeln(Sum).\n',
      stdin: '19 23\n',
      expectedOutput: '42\n',
    },
  },
};
