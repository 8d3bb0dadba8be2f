// Loaded into a service before anything else: measures how much CPU time its event loop spends in one piece, and writes the
// longest so far when it is asked for with SIGUSR2.

import { isMainThread } from 'node:worker_threads';

const EVERY_MS = 1;

if (isMainThread) {
  let longestMs = 0;
  let before = process.threadCpuUsage();
  const measure = () => {
    const now = process.threadCpuUsage();
    longestMs = Math.max(longestMs, (now.user + now.system - before.user - before.system) / 1000);
    before = now;
  };
  setInterval(measure, EVERY_MS).unref();
  process.on('SIGUSR2', () => {
    measure();
    process.stdout.write(`longest piece: ${longestMs} ms\n`);
    longestMs = 0;
  });
}
