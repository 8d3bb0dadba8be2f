// Erlang: a script with `main/1`, compiled at its start.

import { programCommand, tool } from './command.ts';
import type { Language } from './language.ts';

/** Of the machine that runs Erlang and Elixir: more threads would only wait for the one processor of a box. */
export const ONE_SCHEDULER = { ERL_AFLAGS: '+S 1:1 +SDcpu 1:1 +SDio 1 +A 1' } as const;

/**
 * A line of sh before the machine starts. It asks for a file of several MB in memory for its compiled code, which is larger
 * than a program's files may be; without the signal it does without.
 */
export const WITHOUT_FILE_SIGNAL = `trap '' XFSZ`;

/** `escript` does not read the first line of a script, so the program begins in the second, by its own numbers. */
const SCRIPT = `${WITHOUT_FILE_SIGNAL}
escript=$0 source=$1; shift
read -r first <"/code/$source"
case $first in '#!'*) exec "$escript" -c "/code/$source" "$@";; esac
{ echo; printf '%s\\n' "-file(\\"$source\\", 1)."; cat "/code/$source"; } >/tmp/main.erl
exec "$escript" -c /tmp/main.erl "$@"
`;

/** It reports no version, but comes with `erl`, and lies where that does. */
function escriptBeside(erl: string): string {
  return erl.replace(/[^/]*$/, 'escript');
}

export const erlang: Language = {
  id: 'erlang',
  name: 'Erlang',
  aliases: ['erl', 'escript'],
  fileExtension: '.erl',
  tools: [
    {
      name: 'erl',
      hostNames: ['erl'],
      debianPath: '/usr/bin/erl',
      versionArguments: [
        '-noshell',
        '-eval',
        'io:format("OTP ~s~n", [erlang:system_info(otp_release)]), halt().',
      ],
      versionPattern: /OTP (\d+)/,
      minimumVersion: '24',
    },
  ],
  debianPackages: ['erlang-base'],
  versionTool: 'erl',
  memoryAllowanceMb: 64,
  sourceFile: () => 'main.erl',
  run: ({ tools, sourceFile }) =>
    programCommand(['/bin/sh', '-c', SCRIPT, escriptBeside(tool(tools, 'erl')), sourceFile], ONE_SCHEDULER),
  uncaughtError: /^escript: exception /m,
  examples: {
    hello: {
      code: 'main(_) ->\n    io:format("Hello, World!~n").\n',
      stdin: '',
      expectedOutput: 'Hello, World!\n',
    },
    sum: {
      code: 'main(_) ->\n    {ok, [A, B]} = io:fread("", "~d ~d"),\n    io:format("~p~n", [A + B]).\n',
      stdin: '19 23\n',
      expectedOutput: '42\n',
    },
  },
};
