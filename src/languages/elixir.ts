// Elixir: a script, compiled at its start.

import { programCommand, tool } from './command.ts';
import { ONE_SCHEDULER, WITHOUT_FILE_SIGNAL } from './erlang.ts';
import type { Language } from './language.ts';

const SCRIPT = `${WITHOUT_FILE_SIGNAL}; exec "$0" "$@"`;

export const elixir: Language = {
  id: 'elixir',
  name: 'Elixir',
  aliases: ['exs', 'ex'],
  fileExtension: '.exs',
  sourceExtensions: ['.ex'],
  tools: [
    {
      name: 'elixir',
      hostNames: ['elixir'],
      debianPath: '/usr/bin/elixir',
      versionArguments: ['--version'],
      versionPattern: /^Elixir (\d+\.\d+\.\d+)/m,
      minimumVersion: '1.10',
    },
  ],
  debianPackages: ['elixir', 'erlang-base'],
  debianMegabytes: 152,
  versionTool: 'elixir',
  memoryAllowanceMb: 64,
  sourceFile: () => 'main.exs',
  run: ({ tools, sourceFile }) =>
    programCommand(['/bin/sh', '-c', SCRIPT, tool(tools, 'elixir'), `/code/${sourceFile}`], ONE_SCHEDULER),
  uncaughtError: /^\*\* \(\w+(?:\.\w+)*\) /m,
  examples: {
    hello: { code: 'IO.puts("Hello, World!")\n', stdin: '', expectedOutput: 'Hello, World!\n' },
    sum: {
      code: '[a, b] = IO.gets("") |> String.split() |> Enum.map(&String.to_integer/1)\nIO.puts(a + b)\n',
      stdin: '19 23\n',
      expectedOutput: '42\n',
    },
  },
};
