// What an observation adds to the counts, and under which names. The only file that knows the names: it writes them for
// the stores and reads them back for the report.

import { BIN_COUNT, type Bins, binOf } from './bins.ts';
import { type Counts, EXECUTIONS, type Observation } from './metrics.ts';

/** Names of counts: a plain name, or a kind and a subject joined by `|`. */
export const FAILURES = 'f';
const REJECTIONS = 'x';
const STATUS = 's';
const LANGUAGE_TIME = 'l';
/** The histogram of a language's times. */
const LANGUAGE_TIMES = 'h';
/** A measure's sum is stored under its name, its histogram under its name and the bin. */
const MEASURES = { executionTime: 't', queueTime: 'q', memory: 'm' } as const;
type Measure = keyof typeof MEASURES;
/** The counts that make up the histogram of execution times. */
export const TIME_COUNTS: readonly string[] = Array.from(
  { length: BIN_COUNT },
  (_, bin) => `${MEASURES.executionTime}|${bin}`,
);

/** Times are counted in tenths of a millisecond, so that sums are whole numbers. */
export const TENTHS = 10;

/** Statuses that count as success; every other one is a failure, cancelled executions included. */
export function isSuccess(status: string): boolean {
  return status === 'accepted' || status === 'completed';
}

/** The counts that an observation adds to, and by how much. No name appears twice. */
export function countsOf(observation: Observation): readonly (readonly [name: string, amount: number])[] {
  if (observation.kind === 'rejection') {
    const { language } = observation;
    return [[REJECTIONS, 1], ...(language === null ? [] : [[`${REJECTIONS}|${language}`, 1] as const])];
  }
  const { language, status, executionTimeMs, queueTimeMs, memoryKb } = observation;
  const counts: [string, number][] = [
    [EXECUTIONS, 1],
    [`${STATUS}|${language}|${status}`, 1],
  ];
  const measure = (name: string, value: number) => counts.push([name, value], [`${name}|${binOf(value)}`, 1]);
  if (!isSuccess(status)) counts.push([FAILURES, 1]);
  if (queueTimeMs !== null) measure(MEASURES.queueTime, Math.round(queueTimeMs * TENTHS));
  if (memoryKb !== null) measure(MEASURES.memory, Math.round(memoryKb));
  if (executionTimeMs !== null) {
    const tenths = Math.round(executionTimeMs * TENTHS);
    measure(MEASURES.executionTime, tenths);
    counts.push(
      [`${LANGUAGE_TIME}|${language}`, tenths],
      [`${LANGUAGE_TIME}|${language}|n`, 1],
      [`${LANGUAGE_TIMES}|${language}|${binOf(tenths)}`, 1],
    );
  }
  return counts;
}

export interface Distribution {
  readonly count: number;
  readonly sum: number;
  readonly bins: Bins;
}

interface LanguageCounts {
  readonly byStatus: Map<string, number>;
  readonly times: Map<number, number>;
  rejections: number;
  time: number;
  timed: number;
}

export interface Tally {
  readonly executions: number;
  readonly failures: number;
  readonly rejections: number;
  readonly languages: ReadonlyMap<string, Readonly<LanguageCounts>>;
  readonly measures: Readonly<Record<Measure, Distribution>>;
}

/** Reads the names that `countsOf` wrote. */
export function tallyOf(counts: Counts): Tally {
  const languages = new Map<string, LanguageCounts>();
  const language = (id: string) => {
    const found = languages.get(id) ?? {
      byStatus: new Map(),
      times: new Map(),
      rejections: 0,
      time: 0,
      timed: 0,
    };
    languages.set(id, found);
    return found;
  };
  for (const [name, amount] of counts) {
    const [kind, id, detail] = name.split('|');
    if (id === undefined) continue;
    if (kind === STATUS && detail !== undefined) language(id).byStatus.set(detail, amount);
    if (kind === REJECTIONS) language(id).rejections = amount;
    if (kind === LANGUAGE_TIME && detail === undefined) language(id).time = amount;
    if (kind === LANGUAGE_TIME && detail !== undefined) language(id).timed = amount;
    if (kind === LANGUAGE_TIMES) language(id).times.set(Number(detail), amount);
  }
  return {
    executions: counts.get(EXECUTIONS) ?? 0,
    failures: counts.get(FAILURES) ?? 0,
    rejections: counts.get(REJECTIONS) ?? 0,
    languages,
    measures: {
      executionTime: distribution(counts, MEASURES.executionTime),
      queueTime: distribution(counts, MEASURES.queueTime),
      memory: distribution(counts, MEASURES.memory),
    },
  };
}

/** The bins of execution time among these counts. */
export function timesIn(counts: Counts): Bins {
  return distribution(counts, MEASURES.executionTime).bins;
}

function distribution(counts: Counts, name: string): Distribution {
  const prefix = `${name}|`;
  const bins = new Map(
    [...counts]
      .filter(([each]) => each.startsWith(prefix))
      .map(([each, amount]) => [Number(each.slice(prefix.length)), amount]),
  );
  return { count: [...bins.values()].reduce((sum, each) => sum + each, 0), sum: counts.get(name) ?? 0, bins };
}
