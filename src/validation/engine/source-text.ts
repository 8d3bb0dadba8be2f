// What is wrong with a source as text, before any parser sees it: characters that make it read as what it is not.

import type { Match } from './analyze.ts';

/** Control characters beside tab, line ends and form feed. */
const CONTROL = /(?![\t\n\v\f\r\u0080-\u009f])\p{Cc}/u;
/** They reorder what is shown, so that code reads as a comment and the other way round. */
const BIDIRECTIONAL = /[\u202a-\u202e\u2066-\u2069]/;
const MAX_SNIPPET = 120;

export const TEXT_RULES: Readonly<Record<string, string>> = {
  'source/control-character': 'Control characters may hide what the code is: write them as escapes',
  'source/bidirectional-override': 'Bidirectional overrides may hide what the code is: write them as escapes',
};

/** The first of each kind. */
export function textMatches(source: string): readonly Match[] {
  return [
    match('source/control-character', CONTROL, source),
    match('source/bidirectional-override', BIDIRECTIONAL, source),
  ].filter((found) => found !== null);
}

function match(rule: string, pattern: RegExp, source: string): Match | null {
  const index = source.search(pattern);
  if (index < 0) return null;
  const before = source.slice(0, index);
  const begin = before.lastIndexOf('\n') + 1;
  const end = source.indexOf('\n', index);
  const snippet = source.slice(begin, end < 0 ? undefined : end).slice(0, MAX_SNIPPET);
  return {
    rule,
    line: before.split('\n').length,
    column: index - begin + 1,
    snippet: snippet.replace(/[\p{Cc}\p{Bidi_Control}]/gu, '\ufffd').toWellFormed(),
  };
}
