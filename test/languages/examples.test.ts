// The requests in examples/, which the README shows with curl: each is sent as it stands in its file.

import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { suite, test } from 'node:test';
import { KNOWN_LANGUAGES, LANGUAGES } from '../../src/languages/catalog.ts';
import { type Answer, PROJECT } from '../service.ts';
import { OFFERED, theService, useService } from './shared-service.ts';

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
      const response = await fetch(`${theService().url}/api/v1/execute`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: readExample(file),
      });
      const answer = (await response.json()) as Answer;
      assert.equal(response.status, 200, JSON.stringify(answer));
      assert.ok(['accepted', 'completed'].includes(answer.status), JSON.stringify(answer, null, 1));
    });
  }
});
