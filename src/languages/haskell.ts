// Haskell: GHC with the libraries that come with it.

import { command, plainArgument, programCommand, tool } from './command.ts';
import type { Language } from './language.ts';

export const haskell: Language = {
  id: 'haskell',
  name: 'Haskell',
  aliases: ['hs', 'ghc'],
  fileExtension: '.hs',
  tools: [
    {
      name: 'ghc',
      hostNames: ['ghc'],
      debianPath: '/usr/bin/ghc',
      versionArguments: ['--numeric-version'],
      versionPattern: /^(\d+\.\d+\.\d+)/,
      minimumVersion: '8.8',
    },
  ],
  debianPackages: ['ghc'],
  configuration: ['/var/lib/ghc'],
  versionTool: 'ghc',
  memoryAllowanceMb: 0,
  sourceFile: () => 'main.hs',
  compile: ({ tools, sourceFile }) =>
    command([
      tool(tools, 'ghc'),
      ...['-O', '-v0', '-DONLINE_JUDGE', '-i/code', '-outputdir', '/tmp/objects', '-o', '/box/out/program'],
      plainArgument(sourceFile),
    ]),
  run: () => programCommand(['/build/program']),
  examples: {
    hello: {
      code: 'main :: IO ()\nmain = putStrLn "Hello, World!"\n',
      stdin: '',
      expectedOutput: 'Hello, World!\n',
    },
    sum: {
      code: 'main :: IO ()\nmain = interact $ \\input -> show (sum (map read (words input) :: [Integer])) ++ "\\n"\n',
      stdin: '19 23\n',
      expectedOutput: '42\n',
    },
  },
};
