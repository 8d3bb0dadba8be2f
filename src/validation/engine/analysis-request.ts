// What goes to the process that analyzes, and what comes back. Plain values.

import type { FileAnalysis } from './analyze.ts';

export interface AnalysisRequest {
  readonly language: string;
  readonly sources: readonly string[];
}

/** `failed` is an internal error, with its description. */
export type AnalysisReply =
  | { readonly type: 'ready' }
  | { readonly type: 'done'; readonly files: readonly FileAnalysis[] }
  | { readonly type: 'failed'; readonly error: string };
