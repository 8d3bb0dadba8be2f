// PHP: runs from source on the command line. The memory limit is the box's, not PHP's own.

import { command, programCommand, tool } from './command.ts';
import type { Language } from './language.ts';

export const php: Language = {
  id: 'php',
  name: 'PHP',
  aliases: ['php8'],
  fileExtension: '.php',
  sourceExtensions: ['.inc'],
  tools: [
    {
      name: 'php',
      hostNames: ['php', 'php8.4', 'php8.3', 'php8.2'],
      debianPath: '/usr/bin/php8.2',
      versionArguments: ['--version'],
      versionPattern: /^PHP (\d+\.\d+\.\d+)/,
      minimumVersion: '8.1',
    },
  ],
  debianPackages: ['php8.2-cli'],
  versionTool: 'php',
  memoryAllowanceMb: 0,
  sourceFile: () => 'main.php',
  check: ({ tools, sourceFile }) =>
    command([tool(tools, 'php'), '-d', 'display_errors=stderr', '-d', 'html_errors=0', '-l', sourceFile]),
  run: ({ tools, sourceFile }) =>
    programCommand([
      tool(tools, 'php'),
      ...['-d', 'display_errors=stderr', '-d', 'html_errors=0', '-d', 'memory_limit=-1'],
      `/code/${sourceFile}`,
    ]),
  uncaughtError: /^PHP (?:Fatal|Parse) error:/m,
  examples: {
    hello: { code: '<?php\necho "Hello, World!\\n";\n', stdin: '', expectedOutput: 'Hello, World!\n' },
    sum: {
      code: '<?php\n[$a, $b] = explode(" ", trim(fgets(STDIN)));\necho $a + $b, "\\n";\n',
      stdin: '19 23\n',
      expectedOutput: '42\n',
    },
  },
};
