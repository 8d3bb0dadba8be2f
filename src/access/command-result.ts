// What the operator's commands for keys and secrets return.

/** `output` is for programs, such as the key itself; `notes` are for people. */
export interface KeyCommandResult {
  readonly output: string;
  readonly notes: string;
}
