// The contract of a checker: it decides whether a program's output answers a test. Pure functions of three texts.

interface CheckInput {
  readonly input: string;
  readonly expectedOutput: string;
  readonly output: string;
}

export interface CheckResult {
  readonly passed: boolean;
  /** One sentence for the learner: what differs and where. `null` when it passed. */
  readonly message: string | null;
}

export type Checker = (check: CheckInput) => CheckResult;
