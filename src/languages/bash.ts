// Bash: runs from source, with the tools of the root beside it.

import { programCommand, tool } from './command.ts';
import type { Language } from './language.ts';

export const bash: Language = {
  id: 'bash',
  name: 'Bash',
  aliases: ['sh', 'shell'],
  fileExtension: '.sh',
  sourceExtensions: ['.bash'],
  tools: [
    {
      name: 'bash',
      hostNames: ['bash'],
      debianPath: '/usr/bin/bash',
      versionArguments: ['--version'],
      versionPattern: /version (\d+\.\d+\.\d+)/,
      minimumVersion: '0',
    },
  ],
  debianPackages: ['bash', 'coreutils', 'gawk', 'sed', 'grep', 'bc'],
  debianMegabytes: 109,
  versionTool: 'bash',
  memoryAllowanceMb: 0,
  sourceFile: () => 'main.sh',
  run: ({ tools, sourceFile }) => programCommand([tool(tools, 'bash'), `/code/${sourceFile}`]),
  examples: {
    hello: { code: 'echo "Hello, World!"\n', stdin: '', expectedOutput: 'Hello, World!\n' },
    sum: { code: 'read -r a b\necho $((a + b))\n', stdin: '19 23\n', expectedOutput: '42\n' },
  },
};
