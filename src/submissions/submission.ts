// The contract of the application: every front door submits requests through it and gets results back. It knows nothing of
// HTTP, of other services' APIs, or of how programs are run.

import type { ExecuteRequest, ExecutionResult } from '../api/execution.ts';
import type { LiveOutput } from '../execution/live-output.ts';
import type { OutputEncoding } from '../execution/output.ts';
import type { ExecutionEvent } from '../execution/record.ts';
import type { RunChoices } from '../execution/task.ts';
import type { RequestTrace } from '../traces/traces.ts';
import type { ValidationMode } from '../validation/validate.ts';
import type { ExecutionEntry } from './log-entry.ts';

/** The front doors. */
export type ApiName = 'v1' | 'piston' | 'judge0' | 'jobe' | 'sandbox-fusion' | 'mcp';

/** Parts of a result that are included on request. */
export type ResultPart = 'analysis' | 'input';

export interface SubmissionContext {
  /** Aborted when the client is gone: cancels the execution. */
  readonly signal: AbortSignal;
  /** Called for each event of the execution; must not throw. */
  readonly onEvent: (event: ExecutionEvent) => void;
  /** Asks for what the program writes while it runs. Called once, before it begins. */
  readonly onLiveOutput?: ((live: LiveOutput) => void) | undefined;
  readonly encoding: OutputEncoding;
  readonly requestId: string;
  /** Name of the API key that came with the request. */
  readonly keyName: string | null;
  /** Who sent it, see `clientIdOf`. */
  readonly clientId: string;
  readonly include: readonly ResultPart[];
  /** The API that the request came through. */
  readonly api: ApiName;
  /** Of each run, instead of the one that goes with its CPU time limit. */
  readonly wallTimeLimitSeconds?: number | undefined;
  readonly runChoices?: RunChoices | undefined;
  /** How long to wait for a place if the queue is full; a client that can only wait needs it. */
  readonly waitForRoomMs?: number | undefined;
  /** What happens to code that breaks a rule, if it differs from the settings. */
  readonly codeValidation?: ValidationMode | undefined;
  /** Takes what the log has of the execution when it has ended; without it, the execution gets a line of its own. */
  readonly onLogEntry?: ((entry: ExecutionEntry) => void) | undefined;
  /** `null` if the request is not traced. */
  readonly trace: RequestTrace | null;
}

/** Runs a request to its end. Rejects with a `ServiceError`. */
export type Submit = (request: ExecuteRequest, context: SubmissionContext) => Promise<ExecutionResult>;
