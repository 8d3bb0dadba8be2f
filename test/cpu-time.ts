// What work costs, which a busy machine does not change as it changes the clock.

/** Milliseconds of CPU time that this process uses while `work` goes on. */
export async function cpuTimeMsOf(work: () => unknown): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}
