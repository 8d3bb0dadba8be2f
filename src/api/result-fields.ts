// Parts of a result's schema: the kinds of its fields, and the result of the compile.

import { type Static, Type } from 'typebox';
import { enumeration } from './enumeration.ts';

const nullable = <T extends object>(schema: T) => ({
  ...schema,
  type: [(schema as { type: string }).type, 'null'],
});
export const nullableString = Type.Unsafe<string | null>(nullable(Type.String()));
export const nullableInteger = Type.Unsafe<number | null>(nullable(Type.Integer()));
export const milliseconds = Type.Number({ minimum: 0, description: 'Milliseconds.' });
export const kibibytes = Type.Integer({ minimum: 0, description: 'KiB.' });

export const CompileResult = Type.Object({
  status: enumeration(['completed', 'compilation_error'] as const),
  exit_code: nullableInteger,
  signal: nullableString,
  stdout: Type.String(),
  stderr: Type.String(),
  output: Type.String({
    description:
      'What the compiler wrote to stdout and then to stderr; `message` if it wrote nothing. Show this to people.',
  }),
  cpu_time_ms: milliseconds,
  wall_time_ms: milliseconds,
  memory_kb: kibibytes,
  cached: Type.Boolean(),
  message: nullableString,
});
export type CompileResult = Static<typeof CompileResult>;
