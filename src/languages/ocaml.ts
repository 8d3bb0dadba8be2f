// OCaml: the native compiler, with the libraries Str and Unix.

import { command, programCommand, sourceArguments, tool } from './command.ts';
import type { Language } from './language.ts';

export const ocaml: Language = {
  id: 'ocaml',
  name: 'OCaml',
  aliases: ['ml'],
  fileExtension: '.ml',
  sourceExtensions: ['.mli'],
  tools: [
    {
      name: 'ocamlopt',
      hostNames: ['ocamlopt'],
      debianPath: '/usr/bin/ocamlopt',
      versionArguments: ['-version'],
      versionPattern: /^(\d+\.\d+\.\d+)/,
      minimumVersion: '4.11',
    },
  ],
  debianPackages: ['ocaml-nox'],
  versionTool: 'ocamlopt',
  memoryAllowanceMb: 0,
  sourceFile: () => 'main.ml',
  compile: ({ tools, files }) =>
    command([
      tool(tools, 'ocamlopt'),
      ...['-o', '/box/out/program', 'unix.cmxa', 'str.cmxa'],
      // A module comes before those that use it, and the main source last.
      ...sourceArguments([...files.slice(1), ...files.slice(0, 1)], ['.mli', '.ml']),
    ]),
  run: () => programCommand(['/build/program']),
  uncaughtError: /^Fatal error: exception /m,
  ranOutOfMemory: ({ exitCode, stderr }) =>
    exitCode === 2 && /^Fatal error: (?:exception Out_of_memory|out of memory)/m.test(stderr),
  examples: {
    hello: { code: 'let () = print_endline "Hello, World!"\n', stdin: '', expectedOutput: 'Hello, World!\n' },
    sum: {
      code: 'let () = Scanf.scanf " %d %d" (fun a b -> Printf.printf "%d\\n" (a + b))\n',
      stdin: '19 23\n',
      expectedOutput: '42\n',
    },
  },
};
