// The protocol of programs that are written with testlib: the verdict is the exit code, the message is on stderr behind a
// word that repeats the verdict, and points are given with `quitp`.

import {
  checkerError,
  type Decision,
  messageFrom,
  type ProgramEnd,
  parseScore,
  type Subject,
  scored,
} from './program-end.ts';

const [ACCEPTED, FAIL, POINTS] = [0, 3, 7];
/** Wrong answer, presentation error, dirt behind the answer, unexpected end of the answer. */
const REJECTED = [1, 2, 4, 8];

const VERDICT_WORDS =
  /^\s*(?:ok|wrong answer|wrong output format|unexpected eof|partially correct \(\d+\)|FAIL)(?:\s+|$)/;
/** What `quitp` writes. */
const POINTS_LINE = /^points[ \t]+(\S+)(?:[ \t]+(.*))?$/;

/** `weight` is what the test is worth: points over 1 are a part of it. */
export function decideTestlib({ subject, exitCode, stderr }: ProgramEnd, weight: number): Decision {
  const said = messageFrom(stderr.replace(VERDICT_WORDS, ''));
  if (exitCode === ACCEPTED) return scored(1, said);
  if (REJECTED.includes(exitCode)) return scored(0, said);
  if (exitCode === POINTS) return decidePoints(subject, stderr, weight);
  if (exitCode === FAIL) return checkerError(`${subject} ended with its own failure (exit code 3).`, said);
  return checkerError(
    `${subject} exited with code ${exitCode}, which means nothing in the protocol testlib; partial scores are given with ` +
      'quitp, not with _pc.',
    said,
  );
}

function decidePoints(subject: Subject, stderr: string, weight: number): Decision {
  const line = stderr.split('\n').findLast((each) => POINTS_LINE.test(each)) ?? '';
  const [, written, rest = ''] = POINTS_LINE.exec(line) ?? [];
  if (written === undefined) {
    return checkerError(
      `${subject} exited with code 7 but wrote no "points X" to stderr.`,
      messageFrom(stderr),
    );
  }
  const points = parseScore(written);
  if (points === null)
    return checkerError(`${subject}'s points must be a number from 0 on, got ${shown(written)}.`);
  if (points > Math.max(1, weight)) {
    return checkerError(
      `${subject}'s points must be at most ${Math.max(1, weight)}, the weight of the test, got ${written}.`,
    );
  }
  return scored(points <= 1 ? points : points / weight, messageFrom(rest));
}

function shown(text: string): string {
  return JSON.stringify(text.slice(0, 40).toWellFormed());
}
