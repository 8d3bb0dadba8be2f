// The task: an accepted request as a plain value, with every default filled in. It crosses the queue, and holds nothing
// but what JSON can.

import type { CodeAnalysis } from '../api/code-analysis.ts';
import type { CheckerChoice } from '../api/request-fields.ts';
import type { TextEncoding } from '../api/text-encoding.ts';

/** One test as it will be run: every default filled in. */
export interface TaskTest {
  readonly name: string | null;
  /** How `input` and `expectedOutput` are written; `bytesOfText` gives their bytes. */
  readonly encoding: TextEncoding;
  readonly input: string;
  readonly expectedOutput: string | null;
  readonly isHidden: boolean;
  readonly weight: number;
  readonly args: readonly string[];
  readonly timeLimitSeconds: number;
  readonly memoryLimitMb: number;
}

/** An accepted request: all is resolved and bounded, `clientId` is the key or address that `userId` is a user of. */
export interface ExecutionTask {
  readonly executionId: string;
  readonly createdAt: string;
  /** The same moment as milliseconds since 1970, with a fraction. */
  readonly acceptedAtMs: number;
  /** When it was ready for the queue, after validation. */
  readonly queuedAtMs: number;
  readonly languageId: string;
  /** Full version of the toolchain that will serve it. */
  readonly version: string;
  /** The standard that the request names, as the language's compiler calls it: `gnu++20`. */
  readonly standard?: string;
  /** Name of the main source file, the first of `files`. */
  readonly sourceFile: string;
  readonly files: readonly { readonly path: string; readonly contentBase64: string }[];
  /** False when the request had no `test_cases`: one run whose good end is `completed`. */
  readonly judged: boolean;
  readonly tests: readonly TaskTest[];
  readonly checker: CheckerChoice;
  readonly stopOnFailure: boolean;
  readonly outputLimitBytes: number;
  readonly clientId: string;
  /** The API that the request came through; `v1` if absent. */
  readonly api?: string;
  readonly userId: string | null;
  readonly priority: 'low' | 'normal' | 'high';
  readonly warnings: readonly string[];
  /** `null` if validation is off. */
  readonly validation: { readonly timeMs: number; readonly analysis: CodeAnalysis } | null;
}
