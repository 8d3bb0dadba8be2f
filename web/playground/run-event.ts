// What the page learns of a run while it lasts, in the order in which it happens.

import type { ExecutionResult, TestResult } from '../../src/api/execution.ts';
import type { CompileResult } from '../../src/api/result-fields.ts';

export type RunEvent =
  | { readonly type: 'status'; readonly status: string }
  | { readonly type: 'compile'; readonly compile: CompileResult }
  | { readonly type: 'output'; readonly testIndex: number; readonly text: string }
  | { readonly type: 'test'; readonly test: TestResult }
  | { readonly type: 'done'; readonly result: ExecutionResult };
