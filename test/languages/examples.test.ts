// The requests in examples/, which the README shows with curl: each is sent as it stands in its file.

import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { suite, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { KNOWN_LANGUAGES, LANGUAGES } from '../../src/languages/catalog.ts';
import { languageIdOf, numberOf } from '../../src/languages/versions.ts';
import { type Answer, PROJECT, TIME_FACTOR } from '../service.ts';
import { INSTALLED, OFFERED, theService, useService } from './shared-service.ts';

useService();

const files = globSync('examples/*.json', { cwd: PROJECT }).sort();
const readExample = (file: string) => readFileSync(join(PROJECT, file), 'utf8');

test('every language has an example of its name', () => {
  for (const { id } of KNOWN_LANGUAGES) {
    assert.ok(files.includes(join('examples', `${id}.json`)), id);
    assert.equal(JSON.parse(readExample(`examples/${id}.json`)).language, id);
  }
});

suite('the example', { concurrency: 4 }, () => {
  for (const file of files) {
    const { language } = JSON.parse(readExample(file));
    const isOffered = OFFERED.some(({ id }) => id === language);
    // The others are run by those who name them in LANGUAGES.
    if (!isOffered && !LANGUAGES.some(({ id }) => id === language)) continue;
    const skip = isOffered ? false : `${language} is not offered`;
    test(`${basename(file)} passes all of its tests`, { skip }, async () => {
      const { status, answer } = await send(JSON.parse(readExample(file)));
      assert.equal(status, 200, JSON.stringify(answer));
      assert.ok(['accepted', 'completed'].includes(answer.status), JSON.stringify(answer, null, 1));
    });
  }
});

suite('the example runs in', () => {
  for (const { id } of INSTALLED.filter(({ id }) => id !== languageIdOf(id)))
    test(id, { timeout: 600_000 * TIME_FACTOR }, async () => {
      const request = {
        ...JSON.parse(readExample(`examples/${languageIdOf(id)}.json`)),
        version: numberOf(id),
      };
      let sent = await send(request);
      for (; sent.status === 503; sent = await send(request)) await delay(2000);
      assert.equal(sent.status, 200, JSON.stringify(sent.answer));
      assert.equal(sent.answer.status, 'accepted', JSON.stringify(sent.answer, null, 1));
      // Nor does the runtime say anything of its own.
      assert.ok(sent.answer.results.every(({ stderr }) => !stderr));
      assert.ok(`${sent.answer.version}.`.startsWith(`${numberOf(id)}.`), sent.answer.version);
    });
});

async function send(request: unknown): Promise<{ status: number; answer: Answer }> {
  const response = await fetch(`${theService().url}/api/v1/execute`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(request),
  });
  return { status: response.status, answer: (await response.json()) as Answer };
}
