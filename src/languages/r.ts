// R: runs from source, without profiles and saved workspaces.

import { programCommand, tool } from './command.ts';
import type { Language } from './language.ts';

export const r: Language = {
  id: 'r',
  name: 'R',
  aliases: ['rscript'],
  fileExtension: '.R',
  sourceExtensions: ['.r'],
  tools: [
    {
      name: 'rscript',
      hostNames: ['Rscript'],
      debianPath: '/usr/bin/Rscript',
      versionArguments: ['--version'],
      versionPattern: /version (\d+\.\d+\.\d+)/,
      minimumVersion: '4.0',
    },
  ],
  debianPackages: ['r-base-core'],
  configuration: ['/etc/R'],
  versionTool: 'rscript',
  memoryAllowanceMb: 64,
  sourceFile: () => 'main.R',
  run: ({ tools, sourceFile }) =>
    programCommand([tool(tools, 'rscript'), '--vanilla', `/code/${sourceFile}`]),
  uncaughtError: /^Execution halted$/m,
  examples: {
    hello: { code: 'cat("Hello, World!\\n")\n', stdin: '', expectedOutput: 'Hello, World!\n' },
    sum: {
      code: 'numbers <- scan(file("stdin"), quiet = TRUE)\ncat(format(sum(numbers), scientific = FALSE), "\\n", sep = "")\n',
      stdin: '19 23\n',
      expectedOutput: '42\n',
    },
  },
};
