// The pages for people who use a keyboard, a screen reader, or a small screen: axe finds nothing serious, everything is
// reached by keyboard, and nothing scrolls sideways.

import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import axe from 'axe-core';
import type { Page } from 'playwright-core';
import { endVisit, openPage, skip, startVisit, type Visit } from './browser.ts';

const WIDTHS = [1440, 768, 390, 320];

suite('the pages', { skip }, () => {
  let visit: Visit;
  before(async () => {
    visit = await startVisit(['python']);
  });
  after(() => endVisit(visit));

  /** Asserts that axe finds nothing serious, by day and by night. The page is opened without its policy for it. */
  async function assertAccessible(page: Page): Promise<void> {
    await page.evaluate(axe.source);
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      const found = await page.evaluate('axe.run().then(({ violations }) => violations)');
      const faults = (found as axe.Result[])
        .filter(({ impact }) => impact === 'serious' || impact === 'critical')
        .flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 200)}`));
      assert.deepEqual(faults, [], colorScheme);
    }
  }

  suite('axe finds nothing serious, by day and by night', () => {
    test('in the playground with results', async (t) => {
      const page = await openPage(t, visit, '/', { bypassCSP: true });
      await page.getByRole('textbox', { name: 'Test 1 expected output' }).fill('43');
      await page.getByRole('button', { name: 'Run', exact: true }).click();
      await page.getByTestId('verdict').waitFor();
      await assertAccessible(page);
      await page.getByRole('tab', { name: 'Limits' }).click();
      await page.getByRole('button', { name: 'Share' }).click();
      await assertAccessible(page);
    });

    test('in the dashboard', async (t) => {
      const page = await openPage(t, visit, '/dashboard', { bypassCSP: true });
      await page.getByTestId('chart').first().waitFor();
      await assertAccessible(page);
    });

    test('in the documentation', async (t) => {
      await assertAccessible(await openPage(t, visit, '/docs/api', { bypassCSP: true }));
    });
  });

  for (const path of ['/', '/dashboard', '/docs/api', '/docs/reference'])
    test(`${path} does not scroll sideways on any screen`, async (t) => {
      const page = await openPage(t, visit, path);
      for (const width of WIDTHS) {
        await page.setViewportSize({ width, height: 800 });
        const beyond = Number(await page.evaluate('document.documentElement.scrollWidth - innerWidth'));
        assert.ok(beyond <= 0, `${beyond} px at ${width}`);
      }
    });

  test('the playground is used by keyboard alone: in order, and out of the editor again', async (t) => {
    const page = await openPage(t, visit);
    await page.getByText('print(sum').waitFor();
    const focused = async () => {
      const element = page.locator(':focus');
      return (await element.getAttribute('aria-label')) ?? ((await element.textContent()) ?? '').trim();
    };
    const order: string[] = [];
    for (let count = 0; count < 6; count += 1) {
      await page.keyboard.press('Tab');
      order.push(await focused());
    }
    assert.deepEqual(order, ['Skip to the results', 'Language', '▶ Run', 'Share', 'Copy as ▾', 'More ▾']);
    await page.getByRole('textbox', { name: 'Code' }).focus();
    await page.keyboard.press('Tab');
    assert.equal(await focused(), 'Code', 'Tab indents');
    await page.keyboard.press('Escape');
    await page.keyboard.press('Tab');
    assert.notEqual(await focused(), 'Code', 'Escape, then Tab leaves');
  });

  test('on a phone three tabs show one part each, and Run turns to the results', async (t) => {
    const page = await openPage(t, visit, '/', { viewport: { width: 390, height: 844 }, hasTouch: true });
    await page.getByText('print(sum').waitFor();
    assert.equal(await page.getByRole('textbox', { name: 'Test 1 input' }).isVisible(), false);
    await page.getByRole('button', { name: 'Run', exact: true }).click();
    await page.getByTestId('verdict').waitFor();
    assert.equal(await page.getByRole('textbox', { name: 'Code' }).isVisible(), false);
    await page.getByRole('tab', { name: 'Code' }).click();
    assert.equal(await page.getByRole('textbox', { name: 'Code' }).isVisible(), true);
  });
});
