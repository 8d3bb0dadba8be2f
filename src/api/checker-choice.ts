// The checker that a request chooses: its schema, type and documentation.

import { type Static, Type } from 'typebox';
import { CHECKER_TYPES } from '../checkers/catalog.ts';
import { DEFAULT_TOLERANCE } from '../checkers/float.ts';
import { enumeration } from './enumeration.ts';
import { programFields } from './problem-fields.ts';

export const CheckerChoice = Type.Object(
  {
    type: enumeration([...CHECKER_TYPES, 'program']),
    absolute: Type.Optional(
      Type.Number({
        minimum: 0,
        description: `\`float\` only: allowed absolute error; ${DEFAULT_TOLERANCE.absolute} if neither is given.`,
      }),
    ),
    relative: Type.Optional(
      Type.Number({
        minimum: 0,
        description: `\`float\` only: allowed relative error; ${DEFAULT_TOLERANCE.relative} if neither is given.`,
      }),
    ),
    case_sensitive: Type.Optional(
      Type.Boolean({
        description:
          '`false` makes ASCII letters of both cases the same in `trim`, `tokens`, `float`, `unordered_lines` and `lines`. ' +
          'Default: true.',
      }),
    ),
    space_change_sensitive: Type.Optional(
      Type.Boolean({
        description: '`true` makes white space in `tokens` and `float` count, byte for byte. Default: false.',
      }),
    ),
    ...programFields,
  },
  { additionalProperties: false, description: 'How output is compared with the expected output.' },
);
export type CheckerChoice = Static<typeof CheckerChoice>;
