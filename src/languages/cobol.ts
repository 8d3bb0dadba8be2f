// COBOL: GnuCOBOL, free form.

import { command, programCommand, sourceArguments, tool } from './command.ts';
import type { Language } from './language.ts';

export const cobol: Language = {
  id: 'cobol',
  name: 'COBOL',
  aliases: ['cob', 'gnucobol'],
  fileExtension: '.cob',
  sourceExtensions: ['.cbl', '.cpy'],
  tools: [
    {
      name: 'cobc',
      hostNames: ['cobc'],
      debianPath: '/usr/bin/cobc',
      versionArguments: ['--version'],
      versionPattern: /GnuCOBOL\) (\d+\.\d+\.\d+)/,
      minimumVersion: '3.0',
    },
  ],
  debianPackages: ['gnucobol3'],
  configuration: ['/etc/gnucobol'],
  versionTool: 'cobc',
  memoryAllowanceMb: 0,
  sourceFile: () => 'main.cob',
  compile: ({ tools, files }) =>
    command([
      tool(tools, 'cobc'),
      ...['-x', '-free', '-O', '-I', '/code', '-o', '/box/out/program'],
      ...sourceArguments(files, ['.cob', '.cbl']),
    ]),
  run: () => programCommand(['/build/program']),
  uncaughtError: /^libcob: [^\n]*error: /m,
  examples: {
    hello: {
      code: 'IDENTIFICATION DIVISION.\nPROGRAM-ID. HELLO.\nPROCEDURE DIVISION.\n    DISPLAY "Hello, World!".\n    STOP RUN.\n',
      stdin: '',
      expectedOutput: 'Hello, World!\n',
    },
    sum: {
      code: 'IDENTIFICATION DIVISION.\nPROGRAM-ID. SUMOFTWO.\nDATA DIVISION.\nWORKING-STORAGE SECTION.\n01 INPUT-LINE PIC X(80).\n01 FIRST-WORD PIC X(40).\n01 SECOND-WORD PIC X(40).\n01 RESULT PIC S9(18).\n01 SHOWN PIC -(18)9.\nPROCEDURE DIVISION.\n    ACCEPT INPUT-LINE.\n    UNSTRING INPUT-LINE DELIMITED BY ALL SPACE INTO FIRST-WORD SECOND-WORD.\n    COMPUTE RESULT = FUNCTION NUMVAL(FIRST-WORD) + FUNCTION NUMVAL(SECOND-WORD).\n    MOVE RESULT TO SHOWN.\n    DISPLAY FUNCTION TRIM(SHOWN).\n    STOP RUN.\n',
      stdin: '19 23\n',
      expectedOutput: '42\n',
    },
  },
};
