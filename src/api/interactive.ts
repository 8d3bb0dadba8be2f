// The wire form of an interactive program: the messages of both directions, each as schema, type and documentation in one.

import { type Static, type TObject, Type } from 'typebox';
import { INTERACTIVE_LIMITS } from '../limits.ts';
import { enumeration } from './enumeration.ts';
import type { ExecuteRequest } from './execution.ts';
import { textEncoding } from './request-fields.ts';

/** Fields of a request that an interactive program has too. */
const REQUEST_FIELDS = [
  ...['code', 'language', 'version', 'entry', 'compile_options', 'files', 'stdin', 'stdin_encoding'],
  ...['args', 'time_limit', 'memory_limit', 'user_id', 'priority'],
];

const size = (of: string) =>
  Type.Integer({
    minimum: 1,
    maximum: INTERACTIVE_LIMITS.terminalSize,
    description: `${of} of the terminal.`,
  });
const TerminalSize = Type.Object(
  { columns: size('Columns'), rows: size('Rows') },
  { additionalProperties: false },
);

/** Builds the first message's schema from that of a request. */
export function interactiveRequestSchema(request: TObject & { readonly allOf?: unknown }) {
  const kept = Object.entries(request.properties).filter(([name]) => REQUEST_FIELDS.includes(name));
  return Type.Object(
    {
      ...Object.fromEntries(kept),
      type: Type.Optional(enumeration(['start'] as const, { description: 'May be left out.' })),
      pty: Type.Optional(TerminalSize),
      output_limit_kb: Type.Optional(
        Type.Number({
          minimum: 1,
          maximum: INTERACTIVE_LIMITS.output_limit_kb.maximum,
          description:
            'Limit of each of stdout and stderr in KiB, of a terminal of all it shows. ' +
            `Default: ${INTERACTIVE_LIMITS.output_limit_kb.default}.`,
        }),
      ),
    },
    { $id: 'InteractiveRequest', additionalProperties: false, allOf: request.allOf },
  );
}

export type InteractiveRequest = Omit<ExecuteRequest, 'test_cases' | 'checker' | 'stop_on_failure'> & {
  readonly type?: 'start';
  readonly pty?: Static<typeof TerminalSize>;
};

const PROGRAM_SIGNALS = [
  ...(['SIGHUP', 'SIGINT', 'SIGQUIT', 'SIGKILL', 'SIGUSR1', 'SIGUSR2'] as const),
  ...(['SIGTERM', 'SIGCONT', 'SIGSTOP', 'SIGTSTP', 'SIGWINCH'] as const),
] as const;

const message = <T extends string>(type: T) => ({ type: Type.Literal(type) });
const closed = { additionalProperties: false };

/** What a client sends after the request, by its `type`. */
export const CLIENT_MESSAGES = {
  stdin: Type.Object(
    { ...message('stdin'), data: Type.String(), encoding: Type.Optional(textEncoding('`data` is')) },
    { ...closed, description: 'Input for the program.' },
  ),
  eof: Type.Object(message('eof'), { ...closed, description: 'The end of the input; on a terminal Ctrl-D.' }),
  signal: Type.Object(
    { ...message('signal'), name: enumeration(PROGRAM_SIGNALS) },
    { ...closed, description: 'A signal for the program and its process group.' },
  ),
  resize: Type.Object(
    { ...message('resize'), columns: size('Columns'), rows: size('Rows') },
    { ...closed, description: 'The new size of the terminal.' },
  ),
} as const;

export type ClientMessage = {
  [K in keyof typeof CLIENT_MESSAGES]: Static<(typeof CLIENT_MESSAGES)[K]>;
}[keyof typeof CLIENT_MESSAGES];
