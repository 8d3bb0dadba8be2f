// Lua: runs from source; modules beside the program can be required.

import { command, programCommand, tool } from './command.ts';
import type { Language } from './language.ts';

/** Compiles the main source and runs nothing of it. */
const CHECK = `local chunk, message = loadfile("main.lua")
if not chunk then io.stderr:write(message, "\\n") os.exit(1) end`;

export const lua: Language = {
  id: 'lua',
  name: 'Lua',
  aliases: ['lua5'],
  fileExtension: '.lua',
  tools: [
    {
      name: 'lua',
      hostNames: ['lua5.4', 'lua'],
      debianPath: '/usr/bin/lua5.4',
      versionArguments: ['-v'],
      versionPattern: /^Lua (\d+\.\d+\.\d+)/,
      minimumVersion: '5.3',
    },
  ],
  debianPackages: ['lua5.4'],
  versionTool: 'lua',
  memoryAllowanceMb: 0,
  sourceFile: () => 'main.lua',
  check: ({ tools }) => command([tool(tools, 'lua'), '-e', CHECK]),
  run: ({ tools, sourceFile }) => programCommand([tool(tools, 'lua'), `/code/${sourceFile}`]),
  ranOutOfMemory: ({ exitCode, stderr }) =>
    exitCode === 1 && /(?:^|\n)\S*lua\S*: not enough memory\n?$/.test(stderr),
  uncaughtError: /^stack traceback:$/m,
  examples: {
    hello: { code: 'print("Hello, World!")\n', stdin: '', expectedOutput: 'Hello, World!\n' },
    sum: { code: 'local a, b = io.read("n", "n")\nprint(a + b)\n', stdin: '19 23\n', expectedOutput: '42\n' },
  },
};
