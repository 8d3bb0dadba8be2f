// Makes the pictures of the README and of the documents, of a running service: npm run screenshots -- http://127.0.0.1:3004

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { chromium, type Page } from 'playwright-core';

const PICTURES = join(import.meta.dirname, '../docs/images');
const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium';
const PROGRAM = `n = int(input())
numbers = list(map(int, input().split()))

total = 0
for number in numbers[1:]:
    total += number
print("sum", total)
`;
const TESTS = `3
0 2 3
---
sum 5
===
1
7
---
sum 7
`;

/** A program that passes one of its tests. */
async function showPlayground(page: Page): Promise<void> {
  await page.getByRole('combobox', { name: 'Language' }).selectOption('python');
  await page.getByRole('textbox', { name: 'Code' }).fill(PROGRAM);
  await page.getByRole('button', { name: 'Import tests' }).click();
  await page.getByRole('dialog').getByRole('textbox').fill(TESTS);
  await page.getByRole('checkbox', { name: 'Replace the tests that are there' }).check();
  await page.getByRole('button', { name: 'Import text' }).click();
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  await page.getByTestId('verdict').waitFor();
}

async function showDashboard(page: Page): Promise<void> {
  await page.getByText(/All is well|degraded/).waitFor();
  await page.getByTestId('chart').first().waitFor();
}

const [url = 'http://127.0.0.1:3004'] = process.argv.slice(2);
const browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] });
mkdirSync(PICTURES, { recursive: true });
for (const { name, path, show } of [
  { name: 'playground', path: '/', show: showPlayground },
  { name: 'dashboard', path: '/dashboard', show: showDashboard },
]) {
  const page = await browser.newPage({ viewport: { width: 1160, height: 640 } });
  await page.goto(url + path);
  await show(page);
  await page.screenshot({ path: join(PICTURES, `${name}.png`), animations: 'disabled' });
  await page.close();
}
await browser.close();
