// Loaded into each test file's process (node --import): at its end, writes a line of JSON with the CPU seconds of the process and
// of all descendants that were waited for to the file that TEST_CPU names. Not counted are programs in native boxes, for which
// nobody waits, containers, and what outlives the process. Plain JavaScript, since it is loaded before anything else.

import { appendFileSync, readFileSync } from 'node:fs';
import { isMainThread } from 'node:worker_threads';

/** The fields utime, stime, cutime and cstime of proc(5), counted from the one after the name, in hundredths of a second. */
const TIMES = [11, 15];
const TICKS_PER_SECOND = 100;

const { TEST_CPU } = process.env;
const [, file = ''] = process.argv;
// Threads and forks inherit the option.
if (TEST_CPU && isMainThread && file.endsWith('.test.ts')) {
  process.on('exit', () => {
    const stat = readFileSync('/proc/self/stat', 'latin1');
    const times = stat
      .slice(stat.lastIndexOf(')') + 2)
      .split(' ')
      .slice(...TIMES);
    const ticks = times.reduce((sum, time) => sum + Number(time), 0);
    const line = { file: file.replace(`${process.cwd()}/`, ''), cpuSeconds: ticks / TICKS_PER_SECOND };
    appendFileSync(TEST_CPU, `${JSON.stringify(line)}\n`);
  });
}
