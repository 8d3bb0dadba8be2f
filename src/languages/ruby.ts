// Ruby: runs from source.

import { command, programCommand, tool } from './command.ts';
import type { Language } from './language.ts';

export const ruby: Language = {
  id: 'ruby',
  name: 'Ruby',
  aliases: ['rb'],
  fileExtension: '.rb',
  tools: [
    {
      name: 'ruby',
      hostNames: ['ruby', 'ruby3.4', 'ruby3.3', 'ruby3.2', 'ruby3.1'],
      debianPath: '/usr/bin/ruby3.1',
      versionArguments: ['--version'],
      versionPattern: /^ruby (\d+\.\d+\.\d+)/,
      minimumVersion: '3.0',
    },
  ],
  debianPackages: ['ruby3.1'],
  versionTool: 'ruby',
  memoryAllowanceMb: 0,
  sourceFile: () => 'main.rb',
  check: ({ tools, sourceFile }) => command([tool(tools, 'ruby'), '-c', sourceFile]),
  run: ({ tools, sourceFile }) => programCommand([tool(tools, 'ruby'), `/code/${sourceFile}`]),
  uncaughtError: /\(\w+(?:::\w+)*\)$/m,
  examples: {
    hello: { code: "puts 'Hello, World!'\n", stdin: '', expectedOutput: 'Hello, World!\n' },
    sum: { code: 'puts gets.split.sum(&:to_i)\n', stdin: '19 23\n', expectedOutput: '42\n' },
  },
};
