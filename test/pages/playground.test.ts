// The playground as a person uses it: in Chromium, against a service that runs programs.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { after, before, suite, type TestContext, test } from 'node:test';
import { promisify } from 'node:util';
import { strFromU8, strToU8, unzipSync, zipSync } from 'fflate';
import type { Page } from 'playwright-core';
import type { LanguageDescription } from '../../src/http/v1/language-description.ts';
import { FORMS, type Form } from '../../web/playground/copy-as.ts';
import { TIME_FACTOR } from '../service.ts';
import { endVisit, openPage, skip, startVisit, type Visit } from './browser.ts';

const runFile = promisify(execFile);
/** Reads a program of each form from its stdin. */
const RUNNERS: Readonly<Record<Form, readonly string[]>> = {
  curl: ['bash'],
  TypeScript: [process.execPath, '--input-type=module-typescript', '-'],
  Python: ['python3', '-'],
};

suite('the playground', { skip, concurrency: 3 }, () => {
  let visit: Visit;
  before(async () => {
    visit = await startVisit(['python', 'javascript', 'c']);
  });
  after(() => endVisit(visit));

  const open = (t: TestContext, path?: string) => openPage(t, visit, path);
  const code = (page: Page) => page.getByRole('textbox', { name: 'Code' });
  const verdict = (page: Page) => page.getByTestId('verdict');
  const run = (page: Page) => page.getByRole('button', { name: 'Run', exact: true }).click();

  async function write(page: Page, text: string): Promise<void> {
    await code(page).fill(text);
  }

  async function statusAfterRun(page: Page): Promise<string | null> {
    await run(page);
    return verdict(page).getAttribute('data-status');
  }

  async function choose(page: Page, language: string): Promise<void> {
    await page.getByRole('combobox', { name: 'Language' }).selectOption(language);
  }

  async function removeTests(page: Page, count = 3): Promise<void> {
    for (let left = count; left > 0; left -= 1)
      await page.getByRole('button', { name: 'Remove test 1', exact: true }).click();
  }

  suite('the first visit', () => {
    test('shows an example of each language whose tests turn green with the first Run', async (t) => {
      const page = await open(t);
      const answer = await fetch(`${visit.service.url}/api/v1/languages`);
      const languages = (await answer.json()) as LanguageDescription[];
      for (const { id } of languages.filter(({ status }) => status === 'ready')) {
        await choose(page, id);
        await run(page);
        await page.getByTestId('test-result').nth(2).waitFor();
        const statuses = await page
          .getByTestId('test-result')
          .evaluateAll((rows) => rows.map((row) => row.getAttribute('data-status')));
        assert.deepEqual(statuses, ['accepted', 'accepted', 'accepted'], id);
        assert.match((await verdict(page).textContent()) ?? '', /Accepted, 3 of 3 passed/);
      }
    });

    test('runs with Ctrl-Enter, from the editor and from a test, and says the verdict', async (t) => {
      const page = await open(t);
      await code(page).press('Control+Enter');
      await verdict(page).waitFor();
      await page.getByRole('textbox', { name: 'Test 1 expected output' }).fill('43');
      await page.getByRole('textbox', { name: 'Test 1 expected output' }).press('Control+Enter');
      await page.locator('[data-testid=verdict][data-status=wrong_answer]').waitFor();
      await page.getByRole('status').getByText('Wrong answer, 2 of 3 passed').waitFor();
    });
  });

  suite('results', () => {
    test('of a wrong answer show the first difference in words and both outputs', async (t) => {
      const page = await open(t);
      await choose(page, 'javascript');
      await write(page, 'console.log("alpha\\nbeta ");');
      await removeTests(page, 2);
      await page.getByRole('textbox', { name: 'Test 1 expected output' }).fill('alpha\ngamma\n');
      await page.getByRole('checkbox', { name: 'Test 1 hidden' }).uncheck();
      assert.equal(await statusAfterRun(page), 'wrong_answer');
      const results = page.getByRole('region', { name: 'Results' });
      await results.getByText('Line 2 differs: expected "gamma", got "beta').waitFor();
      const diff = page.getByRole('region', { name: /Difference/ });
      assert.match((await diff.textContent()) ?? '', /expected gamma.*got beta /s);
      // White space is drawn beside the text: what is copied is what was written.
      assert.equal(await diff.locator('.white.space').count(), 1);
      assert.doesNotMatch((await diff.textContent()) ?? '', /·/);
    });

    test('of a hidden test show its verdict alone', async (t) => {
      const page = await open(t);
      await page.getByRole('textbox', { name: 'Test 3 expected output' }).fill('the secret');
      assert.equal(await statusAfterRun(page), 'wrong_answer');
      const row = page.getByTestId('test-result').nth(2);
      assert.match((await row.textContent()) ?? '', /hidden/);
      assert.doesNotMatch((await row.textContent()) ?? '', /secret|999999999/);
    });

    test('of a compile error lead to its line', async (t) => {
      const page = await open(t);
      await choose(page, 'c');
      await write(page, '#include <stdio.h>\n\nint main(void) {\n    retrun 0;\n}\n');
      assert.equal(await statusAfterRun(page), 'compilation_error');
      await page
        .getByRole('region', { name: 'Results' })
        .getByRole('button', { name: 'main.c:4' })
        .first()
        .click();
      await page.getByText('Ln 4, Col').waitFor();
      assert.ok((await page.locator('.cm-lint-marker-error').count()) > 0);
    });

    test('of a crash say the signal in words, of a loop the limit and what to try', async (t) => {
      const page = await open(t);
      await choose(page, 'c');
      await removeTests(page);
      await write(page, 'int main(void) { *(volatile int *)0 = 1; }');
      assert.equal(await statusAfterRun(page), 'runtime_error');
      await page.getByText('Segmentation fault (SIGSEGV)').first().waitFor();
      await page.getByRole('tab', { name: 'Limits' }).click();
      await page.getByRole('spinbutton', { name: 'Time limit (seconds)' }).fill('1');
      await write(page, 'int main(void) { for (;;); }');
      await run(page);
      await page.locator('[data-testid=verdict][data-status=time_limit_exceeded]').waitFor();
      await page.getByRole('button', { name: 'Run with 2 s' }).waitFor();
    });

    test('are text, whatever a program prints: no HTML, no links, no control sequences but colours', async (t) => {
      const page = await open(t);
      await removeTests(page);
      const evil = '<img src=x onerror=document.title=1> https://example.org';
      await write(
        page,
        `print(${JSON.stringify(evil)})\nprint("\\033[31mred\\033[0m \\033]0;title\\007 \\033[2Jend")\n`,
      );
      assert.equal(await statusAfterRun(page), 'completed');
      const results = page.getByRole('region', { name: 'Results' });
      await results.getByText(evil).waitFor();
      assert.equal(await results.locator('img, a').count(), 0);
      assert.equal(await results.locator('.ansi-1').textContent(), 'red');
      assert.doesNotMatch((await results.textContent()) ?? '', /\[2J|0;title/);
      assert.match(await page.title(), /^Playground/);
    });

    test('of code that is rejected lead to its line', async (t) => {
      const page = await open(t);
      await write(page, 'import os\nos.system("ls")\n');
      assert.equal(await statusAfterRun(page), 'code_rejected');
      await page
        .getByRole('button', { name: /Line \d/ })
        .first()
        .click();
      assert.ok((await page.locator('.cm-lintRange-error').count()) > 0);
    });

    test('show what a program has written while it runs', async (t) => {
      const page = await open(t);
      await removeTests(page);
      await write(page, 'import time\nprint("at once", flush=True)\ntime.sleep(4)\n');
      await run(page);
      await page.getByRole('figure').filter({ hasText: 'Output so far' }).getByText('at once').waitFor();
      assert.equal(await verdict(page).count(), 0);
    });

    test('a running program can be cancelled', async (t) => {
      const page = await open(t);
      await removeTests(page);
      await write(page, 'while True:\n    pass\n');
      await run(page);
      await page.getByRole('button', { name: 'Cancel' }).click();
      await page.locator('[data-testid=verdict][data-status=cancelled]').waitFor();
      await page.getByRole('button', { name: 'Run', exact: true }).waitFor();
    });
  });

  test('a program is talked to in a terminal, and ends at the end of its input', async (t) => {
    const page = await open(t);
    await write(
      page,
      'import sys\nprint("Who? ", end="", flush=True)\nfor line in sys.stdin:\n    print("Hello", line)\n',
    );
    await page.getByRole('tab', { name: 'Interactive' }).click();
    await page.getByRole('button', { name: 'Start' }).click();
    const terminal = page.getByRole('region', { name: 'Interactive' });
    await terminal.getByText('Who?').first().waitFor();
    await page.getByRole('textbox', { name: 'Terminal input' }).focus();
    await page.keyboard.type('Ada\n');
    await terminal.getByText('Hello Ada').first().waitFor();
    await page.getByRole('button', { name: 'Ctrl-D' }).click();
    await page.getByTestId('run-state').getByText('Ended with exit code 0.').waitFor();
  });

  suite('what a person made', () => {
    test('is shared by a link that stores nothing and does not replace the draft of the one who opens it', async (t) => {
      const page = await open(t);
      await write(page, 'print("from the link")\n');
      await page.getByRole('button', { name: 'Share' }).click();
      await page.waitForURL(/#1\./);
      const link = await page.getByRole('textbox', { name: 'Link' }).inputValue();
      assert.match(link, /#1\.[\w-]+$/);
      const other = await open(t, new URL(link).hash);
      await other.getByText('Opened from a link').waitFor();
      assert.match((await code(other).textContent()) ?? '', /from the link/);
      assert.equal(await other.getByTestId('verdict').count(), 0, 'opening a link never runs it');
      // The hidden test is not in it.
      assert.equal(await other.getByRole('textbox', { name: /^Test \d input$/ }).count(), 2);
      await other.getByRole('button', { name: 'Back to my draft' }).click();
      assert.doesNotMatch((await code(other).textContent()) ?? '', /from the link/);
      const damaged = await open(t, '/#1.AAAA');
      await damaged.getByText('This link is damaged').waitFor();
    });

    test('survives a reload, and each language keeps its draft', async (t) => {
      const page = await open(t);
      await write(page, 'print("kept")\n');
      await choose(page, 'c');
      await write(page, '// the other\n');
      await page.reload();
      await page.getByText('// the other').waitFor();
      await choose(page, 'python');
      await page.getByText('print("kept")').waitFor();
    });

    test('is undone with Ctrl-Z when an example replaced it', async (t) => {
      const page = await open(t);
      await write(page, 'print("mine")\n');
      await page.getByRole('button', { name: 'More' }).click();
      await page.getByRole('menuitem', { name: 'Example: Hello, world' }).click();
      await page.getByText('Hello, World!').waitFor();
      await code(page).press('Control+z');
      await page.getByText('print("mine")').waitFor();
    });

    test('is copied as curl, TypeScript and Python that run this request', async (t) => {
      const page = await open(t);
      for (const form of FORMS) {
        await page.getByRole('button', { name: 'Copy as' }).click();
        await page.getByRole('menuitem', { name: form, exact: true }).click();
        const shown = await page.getByRole('dialog').locator('pre').textContent();
        const [command = '', ...args] = RUNNERS[form];
        const child = runFile(command, args, { timeout: 20_000 * TIME_FACTOR });
        child.child.stdin?.end(shown);
        assert.match((await child).stdout, /accepted.*3/s, form);
        await page.keyboard.press('Escape');
      }
    });

    test('is judged by a checker that is a program', async (t) => {
      const page = await open(t);
      await removeTests(page, 2);
      await page.getByRole('checkbox', { name: 'Test 1 hidden' }).uncheck();
      await page.getByRole('textbox', { name: 'Test 1 expected output' }).fill('b a');
      await page.getByRole('tab', { name: 'Limits' }).click();
      await page.getByRole('combobox', { name: 'Checker', exact: true }).selectOption('program');
      await write(page, 'print("a b")\n');
      assert.equal(await statusAfterRun(page), 'accepted');
    });

    test('is judged by an interactor, also in another window that has its link', async (t) => {
      const page = await open(t);
      await removeTests(page, 2);
      await page.getByRole('checkbox', { name: 'Test 1 hidden' }).uncheck();
      await page.getByRole('textbox', { name: 'Test 1 input' }).fill('500');
      await page.getByRole('textbox', { name: 'Test 1 expected output' }).fill('');
      await page.getByRole('tab', { name: 'Limits' }).click();
      await page.getByRole('combobox', { name: 'Checker', exact: true }).selectOption('interactor');
      await page.getByRole('textbox', { name: 'Interactor program' }).waitFor();
      await write(page, 'print(500)\nassert input() == "right"\n');
      assert.equal(await statusAfterRun(page), 'accepted');
      await page.getByRole('button', { name: 'Share' }).click();
      await page.waitForURL(/#1\./);
      const other = await open(t, new URL(page.url()).hash);
      await other.getByText('Opened from a link').waitFor();
      assert.equal(await statusAfterRun(other), 'accepted');
    });

    test('is scored by groups of tests', async (t) => {
      const page = await open(t);
      await page.getByText('Groups of tests').click();
      const add = page.getByRole('button', { name: 'Add group' });
      await add.click();
      await page.getByRole('textbox', { name: 'Group 1 name' }).fill('small');
      await page.getByRole('spinbutton', { name: 'Group 1 points' }).fill('40');
      await add.click();
      await page.getByRole('spinbutton', { name: 'Group 2 points' }).fill('60');
      await page.getByRole('combobox', { name: 'Group 2 depends on' }).selectOption('small');
      for (const [index, group] of ['small', 'small', 'group 2'].entries())
        await page.getByRole('combobox', { name: `Test ${index + 1} group` }).selectOption(group);
      await page.getByRole('textbox', { name: 'Test 3 expected output' }).fill('0');
      assert.equal(await statusAfterRun(page), 'partially_accepted');
      assert.match((await verdict(page).textContent()) ?? '', /40 of 100 points/);
      const scores = page.getByRole('list', { name: 'Groups' });
      assert.match((await scores.textContent()) ?? '', /small: 40 of 40.*group 2: 0 of 60/);
    });

    test('can have tests from a zip, and give them back', async (t) => {
      const page = await open(t);
      await removeTests(page);
      const zip = zipSync({
        'sum/sample/1.in': strToU8('1 2\n'),
        'sum/sample/1.ans': strToU8('3\n'),
        'sum/secret/2.in': strToU8('5 6\n'),
        'sum/secret/2.ans': strToU8('11\n'),
      });
      await page.getByRole('button', { name: 'Import tests' }).click();
      const file = { name: 'tests.zip', mimeType: 'application/zip', buffer: Buffer.from(zip) };
      await page.getByLabel('File with tests').setInputFiles(file);
      assert.equal(await page.getByRole('textbox', { name: 'Test 1 input' }).inputValue(), '1 2\n');
      assert.equal(await page.getByRole('checkbox', { name: 'Test 2 hidden' }).isChecked(), true);
      assert.equal(await statusAfterRun(page), 'accepted');
      await page.getByRole('button', { name: 'Export tests' }).click();
      const saved = page.waitForEvent('download');
      await page.getByRole('menuitem', { name: /zip/ }).click();
      const files = unzipSync(await readFile(await (await saved).path()));
      assert.equal(strFromU8(files['002.ans'] ?? new Uint8Array()), '11\n');
    });

    test('can have tests and their groups from JSON, and give them back', async (t) => {
      const page = await open(t);
      await removeTests(page);
      const groups = [
        { name: 'small', points: 40 },
        { name: 'large', points: 60, scoring: 'sum', depends_on: ['small'] },
      ];
      const cases = [
        { input: '1 2', expected_output: '3', is_hidden: false, weight: 1, group: 'small' },
        { input: '5 6', expected_output: '0', is_hidden: true, weight: 2, group: 'large' },
        { input: '7 8', expected_output: '15', is_hidden: false, weight: 1 },
      ];
      await page.getByRole('button', { name: 'Import tests' }).click();
      const text = page.getByRole('dialog').getByRole('textbox');
      await text.fill(JSON.stringify({ test_cases: cases, groups: [{ name: 'small', points: 'x' }] }));
      await page.getByRole('button', { name: 'Import text' }).click();
      assert.match((await page.getByRole('alert').textContent()) ?? '', /^Group 1: .*points a number/);
      await text.fill(JSON.stringify({ test_cases: cases.slice(0, 2), groups }));
      await page.getByRole('button', { name: 'Import text' }).click();
      assert.equal(await page.getByRole('combobox', { name: 'Test 2 group' }).inputValue(), 'large');
      assert.equal(await statusAfterRun(page), 'partially_accepted');
      assert.match((await verdict(page).textContent()) ?? '', /40 of 100 points/);
      await page.getByRole('button', { name: 'Export tests' }).click();
      const saved = page.waitForEvent('download');
      await page.getByRole('menuitem', { name: 'As JSON' }).click();
      const written = JSON.parse(await readFile(await (await saved).path(), 'utf8'));
      assert.deepEqual(written, { test_cases: cases.slice(0, 2), groups });
    });

    test('waits in a queue, and shows how many may be ahead', async (t) => {
      const page = await open(t);
      const api = `${visit.service.url}/api/v1/executions`;
      const headers = { 'content-type': 'application/json' };
      const body = JSON.stringify({
        language: 'python',
        code: 'import time\ntime.sleep(25)',
        time_limit: 30,
      });
      const ids: string[] = [];
      for (let index = 0; index < 12; index += 1) {
        const answer = await fetch(api, { method: 'POST', headers, body });
        ids.push(((await answer.json()) as { execution_id: string }).execution_id);
      }
      await page.getByRole('button', { name: 'Run', exact: true }).click();
      await page.getByText(/Queued, at most \d+ ahead/).waitFor();
      await Promise.all(ids.map((id) => fetch(`${api}/${id}`, { method: 'DELETE' })));
      await verdict(page).waitFor();
      assert.equal(await verdict(page).getAttribute('data-status'), 'accepted');
    });

    test('has its bar in one line from 768 px, with a version to choose too', async (t) => {
      const page = await openPage(t, visit, '/', { viewport: { width: 768, height: 800 } });
      const language = page.getByRole('combobox', { name: 'Language' });
      // No language here has two versions: a second choice stands for that of the version.
      await language.evaluate((select) => select.after(select.cloneNode(true)));
      const topOf = async (name: string) =>
        (await page.getByRole('combobox', { name }).first().boundingBox())?.y ?? assert.fail(name);
      assert.equal(await topOf('Theme'), await topOf('Language'));
    });

    test('may consist of several files', async (t) => {
      const page = await open(t);
      await removeTests(page);
      await page.getByRole('button', { name: 'Add file' }).click();
      await page.getByRole('dialog').getByRole('textbox', { name: 'Name' }).fill('greeting.py');
      await page.getByRole('dialog').getByRole('button', { name: 'OK' }).click();
      await write(page, 'TEXT = "from another file"\n');
      await page.getByRole('tab', { name: 'main.py' }).click();
      await write(page, 'from greeting import TEXT\nprint(TEXT)\n');
      assert.equal(await statusAfterRun(page), 'completed');
      await page.getByRole('region', { name: 'Results' }).getByText('from another file').waitFor();
    });
  });
});
