// The process that reads untrusted code with parsers written in C: it loads them, gives up root, and answers one
// request after the other. It has nothing worth taking, and its parent kills it when it takes too much.

import { ANALYSES } from '../catalog.ts';
import type { AnalysisReply, AnalysisRequest } from './analysis-request.ts';
import { analyze } from './analyze.ts';
import { loadParsers } from './parser.ts';

/** User and group `nobody`. */
const NOBODY = 65_534;
/** Trees are outside of the collector's sight: after this much source it is asked to look. */
const COLLECT_AFTER_CHARACTERS = 500_000;

const parse = loadParsers();
let characters = 0;

giveUpRoot();
process.on('message', (request: AnalysisRequest) => reply(answer(request)));
process.once('disconnect', () => process.exit(0));
reply({ type: 'ready' });

function answer({ language, sources }: AnalysisRequest): AnalysisReply {
  const analysis = ANALYSES[language];
  if (analysis === undefined) return { type: 'failed', error: `no rules for ${language}` };
  try {
    return { type: 'done', files: sources.map((source) => analyze(parse, analysis, source)) };
  } catch (error) {
    return { type: 'failed', error: String(error) };
  } finally {
    collect(sources.reduce((sum, source) => sum + source.length, 0));
  }
}

function reply(message: AnalysisReply): void {
  process.send?.(message);
}

function collect(count: number): void {
  characters += count;
  if (characters < COLLECT_AFTER_CHARACTERS) return;
  characters = 0;
  globalThis.gc?.();
}

function giveUpRoot(): void {
  if (process.getuid?.() !== 0) return;
  try {
    process.setgroups?.([]);
    process.setgid?.(NOBODY);
    process.setuid?.(NOBODY);
  } catch (error) {
    // A root without capabilities, as in some containers, has nothing to give up.
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') throw error;
  }
}
