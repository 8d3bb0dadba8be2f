// The contract of a checker: it decides whether a program's output answers a test. It compares the bytes that were
// written, never decoded text, in which two different sequences that are not UTF-8 look the same.

/** Bytes as a string of one code unit for each: as quick to search and to cut as text, and as exact as bytes. */
export type ByteString = string;

export interface CheckResult {
  readonly passed: boolean;
  /** One or more sentences for the learner: what differs and where. `null` when it passed. */
  readonly message: string | null;
}

export type Checker = (expectedOutput: Uint8Array, output: Uint8Array) => CheckResult;

/** What each type of checker adds to the contract: it compares two outputs that are not the same bytes. */
export type Comparison = (expected: ByteString, output: ByteString) => CheckResult;

/** What a request may choose for checkers of several types. */
export interface TextOptions {
  /** False makes the ASCII letters of both cases the same. Default: true. */
  readonly case_sensitive?: boolean | undefined;
  /** True makes all white space count, byte for byte. Default: false. */
  readonly space_change_sensitive?: boolean | undefined;
}
