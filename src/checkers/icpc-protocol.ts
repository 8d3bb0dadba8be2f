// The protocol of output validators of the ICPC problem package format: exit codes 42 and 43, and files in a feedback
// directory for messages, scores and the input of a further pass.

import {
  checkerError,
  type Decision,
  messageFrom,
  type ProgramEnd,
  parseScore,
  type Subject,
  scored,
} from './program-end.ts';

const [ACCEPTED, REJECTED] = [42, 43];
/** The input of the next pass, if there is to be one. */
const NEXT_PASS = 'nextpass.in';

export interface IcpcDecision extends Decision {
  /** `null` when this pass is the last. */
  readonly nextInput: Uint8Array | null;
}

/** `passesLeft` is the number of passes that may follow this one. */
export function decideIcpc(end: ProgramEnd, weight: number, passesLeft = 0): IcpcDecision {
  const decision = decide(end, weight);
  const nextInput = end.feedback.get(NEXT_PASS) ?? null;
  if (nextInput === null || decision.status === 'checker_error') return { ...decision, nextInput: null };
  if (end.exitCode === REJECTED) {
    return { ...checkerError(`${end.subject} rejected the output and left ${NEXT_PASS}.`), nextInput: null };
  }
  if (passesLeft === 0) {
    return { ...checkerError(`${end.subject} left ${NEXT_PASS} after the last pass.`), nextInput: null };
  }
  return { ...decision, nextInput };
}

function decide({ subject, exitCode, stderr, feedback }: ProgramEnd, weight: number): Decision {
  const message = textOf(feedback, 'teammessage.txt');
  const judgeMessage = textOf(feedback, 'judgemessage.txt');
  if (exitCode === REJECTED) return scored(0, message, judgeMessage);
  if (exitCode === ACCEPTED) return withScore(subject, feedback, weight, message, judgeMessage);
  return checkerError(
    `${subject} exited with code ${exitCode}; in the protocol icpc, 42 accepts and 43 rejects.`,
    messageFrom(stderr),
  );
}

function withScore(
  subject: Subject,
  feedback: ProgramEnd['feedback'],
  weight: number,
  message: string | null,
  judgeMessage: string | null,
): Decision {
  const rules: Readonly<Record<string, (score: number) => number>> = {
    'score.txt': (score) => (score <= 1 ? score : Math.min(1, score / Math.max(1, weight))),
    'score_multiplier.txt': (score) => Math.min(1, score),
  };
  let product = 1;
  for (const [file, rule] of Object.entries(rules)) {
    const content = feedback.get(file);
    if (content === undefined) continue;
    const text = Buffer.from(content).toString('latin1').trim();
    const score = parseScore(text);
    if (score === null) {
      return checkerError(
        `${subject}'s ${file} must hold a number from 0 on, got ${JSON.stringify(text.slice(0, 40))}.`,
      );
    }
    product *= rule(score);
  }
  return scored(product, message, judgeMessage);
}

function textOf(feedback: ProgramEnd['feedback'], file: string): string | null {
  const content = feedback.get(file);
  return content === undefined ? null : messageFrom(Buffer.from(content).toString('utf8'));
}
