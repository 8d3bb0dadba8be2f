// Names that clients write for fields, and what they meant.

import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { createTestServer, postExecute } from '../server-fixture.ts';
import { meantField } from './meant-field.ts';

const TEST_FIELDS = [
  'name',
  'input',
  'expected_output',
  'encoding',
  'is_hidden',
  'weight',
  'args',
  'time_limit',
];

suite('an unknown field', () => {
  const meant: [written: string, field: string][] = [
    ['source', 'code'],
    ['source_code', 'code'],
    ['sourceCode', 'code'],
    ['src', 'code'],
    ['cod', 'code'],
    ['Code', 'code'],
    ['lang', 'language'],
    ['langauge', 'language'],
    ['language_id', 'language'],
    ['tests', 'test_cases'],
    ['testCases', 'test_cases'],
    ['test_case', 'test_cases'],
    ['stdIn', 'stdin'],
    ['input', 'stdin'],
    ['timeout', 'time_limit'],
    ['timeLimit', 'time_limit'],
    ['memory-limit', 'memory_limit'],
    ['userId', 'user_id'],
  ];
  for (const [written, field] of meant) {
    test(`${written} of a request means ${field}`, async (t) => {
      const server = await createTestServer(t);
      const { detail } = (await postExecute(server, { [written]: 'x' })).json();
      assert.ok(detail.includes(`${written} is not a known field; known fields are code, language,`), detail);
      assert.ok(detail.includes(`; did you mean \`${field}\`?`), detail);
    });
  }

  test('of a test means one of a test', () => {
    const names = {
      output: 'expected_output',
      expectedOutput: 'expected_output',
      expected: 'expected_output',
      hidden: 'is_hidden',
      stdin: 'input',
      points: 'weight',
      isHiden: 'is_hidden',
    };
    for (const [written, field] of Object.entries(names))
      assert.equal(meantField(written, TEST_FIELDS), field);
  });

  test('that is like none means none', () => {
    for (const written of ['colour', 'x', '', '__proto__', 'constructor', 'toString', 'in'.repeat(100)])
      assert.equal(meantField(written, ['code', 'language', 'test_cases']), null, written);
  });
});
