// The documentation in a browser: a reader's language is remembered, and the search works without any other host.

import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { endVisit, openPage, skip, startVisit, type Visit } from './browser.ts';

suite('the documentation', { skip }, () => {
  let visit: Visit;
  before(async () => {
    visit = await startVisit([], { LANGUAGES: 'bash' });
  });
  after(() => endVisit(visit));

  test('shows a recipe in the language that was chosen on another page', async (t) => {
    const page = await openPage(t, visit, '/docs/cookbook');
    const groups = page.getByRole('group', { name: 'Language' });
    const shown = page.locator('.code-tab:not([hidden])');
    assert.match((await shown.first().textContent()) ?? '', /curl -s/);
    await groups.first().getByRole('button', { name: 'TypeScript' }).click();
    assert.match((await shown.nth(4).textContent()) ?? '', /createClient/);
    await page.goto(`${visit.service.url}/docs/quick-start`);
    // There it is JavaScript, which the same people read.
    assert.match((await shown.first().textContent()) ?? '', /await fetch/);
  });

  test('covers no code with the button that copies it, on a phone', async (t) => {
    const page = await openPage(t, visit, '/docs/quick-start', { viewport: { width: 390, height: 844 } });
    const shown = '.code-tab:not([hidden])';
    const button = await page.locator(`${shown} .copy`).first().boundingBox();
    const block = await page.locator(`${shown} pre`).first().boundingBox();
    const padding = Number(
      await page.evaluate(`parseFloat(getComputedStyle(document.querySelector('${shown} pre')).paddingTop)`),
    );
    assert.ok(button !== null && block !== null);
    assert.ok(button.y + button.height <= block.y + padding, JSON.stringify({ button, block, padding }));
  });

  test('is searched in the browser, which asks this service alone', async (t) => {
    const page = await openPage(t, visit, '/docs');
    await page.getByRole('searchbox', { name: 'Search' }).fill('memry limit');
    const results = page.getByRole('list', { name: 'Results of the search' });
    await results.getByRole('link').first().click();
    await page.waitForURL(/\/docs\/[\w-]+#/);
    assert.match((await page.locator('main').textContent()) ?? '', /[Mm]emory/);
  });
});
