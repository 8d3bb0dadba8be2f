// A browser with the pages of a service that runs programs, for tests that use them as a person does.

import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import type { TestContext } from 'node:test';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { runTied } from '../../scripts/tied-process.ts';
import { launch, PROJECT, ready, type Service, stop, TIME_FACTOR } from '../service.ts';

const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium';
/** Why the tests of pages are skipped, or `false`. For the option `skip` of a test. */
export const skip = existsSync(CHROMIUM)
  ? false
  : `${CHROMIUM} is missing: install chromium, or set CHROMIUM`;

/** How long a page may take for one step. */
const STEP_MS = 20_000 * TIME_FACTOR;

export interface Visit {
  readonly browser: Browser;
  readonly service: Service;
}

/** Builds the pages if a source is newer, starts a service of these languages, and a browser. */
export async function startVisit(
  languages: readonly string[],
  environment: Record<string, string> = {},
  apiKey = '',
): Promise<Visit> {
  await runTied([process.execPath, 'scripts/setup.mjs'], { cwd: PROJECT });
  const starting = launch({ LANGUAGES: languages.join(), ...environment });
  // Chromium's own sandbox needs what root in a container lacks; it only loads pages of this service.
  const args = ['--no-sandbox', '--disable-dev-shm-usage', '--disable-gpu'];
  const browser = await chromium.launch({ executablePath: CHROMIUM, args });
  return { browser, service: await ready(starting, languages, apiKey) };
}

export async function endVisit({ browser, service }: Visit): Promise<void> {
  await browser.close();
  await stop(service);
}

/** Opens a page in a context of its own. The test fails if the page asks another host, or breaks its policy. */
export async function openPage(
  t: TestContext,
  { browser, service }: Visit,
  path = '/',
  options: BrowserContextOptions = {},
): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, ...options });
  context.setDefaultTimeout(STEP_MS);
  const page = await context.newPage();
  const faults: string[] = [];
  page.on('request', (request) => {
    const url = request.url();
    if (!/^(?:data|blob):/.test(url) && !url.startsWith(service.url)) faults.push(`asks for ${url}`);
  });
  page.on('pageerror', (error) => faults.push(`throws ${error.message}`));
  page.on('console', (message) => {
    if (/Content Security Policy|Trusted/i.test(message.text())) faults.push(message.text());
  });
  t.after(async () => {
    await context.close();
    assert.deepEqual(faults, []);
  });
  await page.goto(service.url + path);
  return page;
}
