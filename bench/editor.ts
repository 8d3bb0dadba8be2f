// Measures how long the playground of a running service takes from navigation to an editor that takes keys: a key is
// pressed until the editor shows it. Each visit is a new context, so nothing is cached.
//   npm run bench:editor -- http://127.0.0.1:3004

import { chromium } from 'playwright-core';

const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium';
const VISITS = Math.max(3, Math.round(15 * Number(process.env.BENCH_SHARE ?? 1)));
const MARK = '~';

const [url = 'http://127.0.0.1:3004'] = process.argv.slice(2);
const browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] });

async function visit(): Promise<number> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  const page = await context.newPage();
  const start = performance.now();
  await page.goto(url, { waitUntil: 'commit' });
  const editor = page.getByRole('textbox', { name: 'Code' });
  await editor.focus();
  while (!(await editor.textContent())?.includes(MARK)) await page.keyboard.press(MARK);
  const took = performance.now() - start;
  await context.close();
  return took;
}

// The first visit also pays for what Chromium itself reads from disk.
await visit();
const times: number[] = [];
for (let index = 0; index < VISITS; index += 1) times.push(await visit());
await browser.close();
times.sort((one, other) => one - other);
const at = (share: number) => Math.round(times[Math.floor(share * (times.length - 1))] ?? 0);
console.log(
  `from navigation to a key in the editor, ${VISITS} visits: p50 ${at(0.5)} ms, p90 ${at(0.9)} ms, least ${at(0)} ms`,
);
