// What an answer tells of the code itself: what looking at it found and took. Schema, type and documentation at once.

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
        tokens: Type.Integer({ description: 'Words and signs, those of comments and strings too.' }),
        functions: Type.Integer(),
        nesting: Type.Integer({ description: 'Functions, classes, branches and loops within each other.' }),
        complexity: Type.Integer({ description: 'Cyclomatic complexity of the whole file.' }),
        function_complexity: Type.Integer({ description: 'That of the most complex function.' }),
      }),
    ),
  },
  { description: 'With `include=analysis`: what was seen in the code.' },
);
export type CodeAnalysis = Static<typeof CodeAnalysis>;

export const Timings = Type.Object(
  {
    validation_ms: Type.Unsafe<number | null>({
      type: ['number', 'null'],
      minimum: 0,
      description: 'Looking at the code, beside the wait for a slot; `null` when that is switched off.',
    }),
  },
  { description: 'Parts of `total_time_ms`.' },
);
