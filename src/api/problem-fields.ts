// Parts of a request's schema that describe a program of the problem, such as a checker.

import { Type } from 'typebox';
import { PROTOCOLS } from '../checkers/program-end.ts';
import { MAX_VALIDATION_PASSES, PROGRAM_DEFAULTS, REQUEST_LIMITS, REQUEST_SIZES } from '../limits.ts';
import { enumeration } from './enumeration.ts';
import { LanguageName, VersionChoice } from './language-choice.ts';
import { programArguments, SubmittedFile } from './request-fields.ts';

const { time_limit, memory_limit } = REQUEST_LIMITS;

export const validationPasses = Type.Integer({
  minimum: 1,
  maximum: MAX_VALIDATION_PASSES,
  description:
    'Protocol `icpc` only: how often the solution may be run for one test. Another pass follows when the program accepts ' +
    'and leaves `nextpass.in`. Default: 1.',
});

/** Each is optional here; `language` and a source are required of every program. */
export const programFields = {
  protocol: Type.Optional(
    enumeration(PROTOCOLS, {
      description: 'What the program is given and how its end is read. Default: `testlib`.',
    }),
  ),
  language: Type.Optional(LanguageName),
  version: Type.Optional(VersionChoice),
  code: Type.Optional(
    Type.String({
      minLength: 1,
      description: 'The source code. Without it, the first of `files` is the main source.',
    }),
  ),
  files: Type.Optional(Type.Array(SubmittedFile, { maxItems: REQUEST_SIZES.files })),
  args: Type.Optional({ ...programArguments, description: 'Arguments after those of the protocol.' }),
  time_limit: Type.Optional(
    Type.Number({
      minimum: time_limit.minimum,
      maximum: time_limit.maximum,
      description: `Seconds of CPU time of one run of this program. Default: ${PROGRAM_DEFAULTS.timeLimitSeconds}.`,
    }),
  ),
  memory_limit: Type.Optional(
    Type.Number({
      minimum: memory_limit.minimum,
      maximum: memory_limit.maximum,
      description: `Memory of one run of this program in MB (MiB). Default: ${PROGRAM_DEFAULTS.memoryLimitMb}.`,
    }),
  ),
  validation_passes: Type.Optional(validationPasses),
};

const { language, version, code, files, time_limit: timeLimit, memory_limit: memoryLimit } = programFields;

export const UnitTests = Type.Object(
  { language, version, code, files, time_limit: timeLimit, memory_limit: memoryLimit },
  {
    additionalProperties: false,
    description:
      'Tests of the program, in a box of their own, where they import its modules. `language` is that of the program, or ' +
      'one with another framework, such as `pytest`.',
  },
);

export const Interactor = Type.Object(programFields, {
  additionalProperties: false,
  description:
    'A program that talks to the solution: its stdout is the stdin of the solution, and the other way round.',
});
