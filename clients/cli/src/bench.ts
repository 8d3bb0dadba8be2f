// `ces bench`: how many runs of a program a service does in a second, and how long each takes for its client.

import { readFile } from 'node:fs/promises';
import { type Context, languageOf, limitsOf, programFile } from './options.ts';

export async function bench(context: Context): Promise<number> {
  const { client, options, terminal } = context;
  const file = programFile(options);
  const code = await readFile(file, 'utf8');
  const language = await languageOf(file, context);
  const request = { language, code, args: [...options.args], ...limitsOf(options) };
  await client.execute(request);
  const times: number[] = [];
  let failed = 0;
  let begun = 0;
  const worker = async () => {
    while (begun < options.count) {
      begun += 1;
      const beginMs = performance.now();
      const { status } = await client.execute(request);
      times.push(performance.now() - beginMs);
      if (status !== 'completed') failed += 1;
      terminal.progress(times.length, options.count);
    }
  };
  const beginMs = performance.now();
  await Promise.all(Array.from({ length: options.concurrency }, worker));
  const seconds = (performance.now() - beginMs) / 1000;
  times.sort((one, other) => one - other);
  const at = (share: number) => times[Math.min(times.length - 1, Math.floor(share * times.length))] ?? 0;
  const figures = {
    runs: times.length,
    failed,
    per_second: Math.round((10 * times.length) / seconds) / 10,
    p50_ms: Math.round(at(0.5)),
    p95_ms: Math.round(at(0.95)),
    slowest_ms: Math.round(at(1)),
  };
  if (options.json) terminal.print(JSON.stringify(figures));
  else for (const [name, value] of Object.entries(figures)) terminal.print(`${name.padEnd(12)} ${value}`);
  return failed === 0 ? 0 : 1;
}
