// What looking at code costs, as an execution waits for it: programs of 2 kB in every language, none seen before, and
// one that was. Needs neither root nor a sandbox.

import { LANGUAGES } from '../src/languages/catalog.ts';
import { ANALYSIS_LIMITS } from '../src/limits.ts';
import { createAnalyzer } from '../src/validation/engine/analyzer.ts';
import { createPolicy } from '../src/validation/policy.ts';
import { createValidator } from '../src/validation/validate.ts';
import { compare, printTable } from './measure.ts';

const RUNS = 300;
const GAP_MS = 3;
const BYTES = 2048;

const log = { error: (details: object) => console.error(details) };
await using cleanup = new AsyncDisposableStack();
const analyzer = createAnalyzer({ processes: 2, limits: ANALYSIS_LIMITS });
cleanup.defer(() => analyzer.close());
const policy = createPolicy({ rules: [], limits: [] });
const validator = createValidator(policy, { analyzer, log: log as never });

/** The language's example over and over, as a parser does not mind, with a name that makes it new. */
function programOf(code: string, name: string): Buffer {
  const repeated = code.repeat(Math.ceil(BYTES / code.length)).slice(0, BYTES);
  return Buffer.from(`${repeated.slice(0, repeated.lastIndexOf('\n'))}\n${name}\n`);
}

let count = 0;
async function validate(id: string, content: Buffer): Promise<void> {
  const { complexity } = await validator.validate(id, [{ path: 'main', content }]);
  if (complexity.length !== 1) throw new Error(`${id} was not analyzed`);
}

const known = programOf(LANGUAGES[0]?.examples.sum.code ?? '', 'known');
const contestants = [
  { name: 'seen before', run: () => validate('python', known) },
  ...LANGUAGES.map(({ id, examples }) => ({
    name: id,
    run: () => validate(id, programOf(examples.sum.code, `new${count++}`)),
  })),
];
printTable('2 kB, one at a time, 3 ms between', await compare(contestants, { runs: RUNS, gapMs: GAP_MS }));
