// What an answer says about the code: the findings of validation and the time it took. Schema, type and documentation
// in one.

import { type Static, Type } from 'typebox';
import { enumeration } from './enumeration.ts';

const FindingSchema = Type.Object({
  rule: Type.String(),
  severity: enumeration(['error', 'warning'] as const),
  message: Type.String(),
  file: Type.String(),
  line: Type.Integer({ minimum: 1 }),
  column: Type.Integer({ minimum: 1 }),
  snippet: Type.String(),
});

export const CodeAnalysis = Type.Object(
  {
    findings: Type.Array(FindingSchema),
    files: Type.Array(
      Type.Object({
        file: Type.String(),
        characters: Type.Integer(),
        lines: Type.Integer(),
        longest_line: Type.Integer(),
        tokens: Type.Integer({ description: 'Words and signs, including those in comments and strings.' }),
        functions: Type.Integer(),
        nesting: Type.Integer({ description: 'Depth of nested functions, classes, branches and loops.' }),
        complexity: Type.Integer({ description: 'Cyclomatic complexity of the whole file.' }),
        function_complexity: Type.Integer({
          description: 'Cyclomatic complexity of the most complex function.',
        }),
      }),
    ),
  },
  { description: 'With `include=analysis`: the findings of validation and figures for each file.' },
);
export type CodeAnalysis = Static<typeof CodeAnalysis>;

export const Timings = Type.Object(
  {
    validation_ms: Type.Unsafe<number | null>({
      type: ['number', 'null'],
      minimum: 0,
      description: 'Time of the validation, before the wait for a slot; `null` if validation is off.',
    }),
  },
  { description: 'Parts of `total_time_ms`.' },
);
