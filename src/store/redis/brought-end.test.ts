// The end of an execution as it is published, and what is published in its place.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readEnd, writeEnd } from './brought-end.ts';

const ENDING = { status: 'accepted', message: null } as unknown as Parameters<typeof writeEnd>[0]['ending'];
const EVENT = { type: 'status', status: 'running' } as const;

test('an end is read as it was written, with its events numbered on', () => {
  const end = readEnd(`17 ${writeEnd({ after: 3, events: [EVENT], ending: ENDING })}`);
  assert.deepEqual(end, {
    after: 3,
    ending: ENDING,
    events: [
      { id: 4, atMs: 17, event: EVENT },
      { id: 5, atMs: 17, event: { type: 'done' } },
    ],
  });
});

test('what is no end is none, so that the end is read from the store', () => {
  for (const detail of [
    '',
    '17',
    '17 ',
    '17 {',
    '17 null',
    '17 []',
    '17 {"after":3}',
    '17 {"after":"3","events":[],"ending":{}}',
    '17 {"after":3,"events":5,"ending":{}}',
    '17 {"after":3,"events":[],"ending":null}',
    'x {"after":3,"events":[],"ending":{}}',
  ])
    assert.equal(readEnd(detail), null, detail);
});
