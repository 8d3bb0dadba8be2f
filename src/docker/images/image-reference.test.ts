// How names of images are put together and taken apart.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { imageReference, splitReference } from './image-reference.ts';

test('a name has repository, image and version', () => {
  assert.equal(
    imageReference('registry.example:5000/runner', 'go', '1.2.3'),
    'registry.example:5000/runner/go:1.2.3',
  );
});

for (const [reference, name, tag] of [
  ['debian', 'debian', 'latest'],
  ['debian:bookworm-slim', 'debian', 'bookworm-slim'],
  ['registry.example:5000/a/b', 'registry.example:5000/a/b', 'latest'],
  ['registry.example:5000/a/b:1', 'registry.example:5000/a/b', '1'],
  ['a/b@sha256:0123', 'a/b', 'sha256:0123'],
] as const) {
  test(`${reference} is ${name} with the tag ${tag}`, () => {
    assert.deepEqual(splitReference(reference), { name, tag });
  });
}
