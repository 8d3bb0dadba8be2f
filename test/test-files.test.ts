// The categories of tests: every file has exactly one, and unit tests are what their name says.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  CATEGORIES,
  filesForCoverage,
  filesOfCategory,
  findTestFiles,
  splitByMachineUse,
} from '../scripts/test-files.ts';
import { readModules } from './module-graph.ts';
import { PROJECT } from './service.ts';

test('every test file belongs to exactly one category', () => {
  const all = CATEGORIES.flatMap(filesOfCategory);
  assert.deepEqual(all.sort(), findTestFiles());
  for (const category of CATEGORIES) assert.ok(filesOfCategory(category).length > 10, category);
});

test('escapes and the protections around containers are security tests', () => {
  const security = filesOfCategory('security');
  const attacks = findTestFiles(['test/{escapes,containers}/*.test.ts', 'src/docker/gateway/*.test.ts']);
  assert.deepEqual(
    attacks.filter((path) => !security.includes(path)),
    [],
  );
});

test('unit tests start no boxes, no containers, no Redis and no service', () => {
  const starting = /(^test\/(docker-engine|docker-registry)|redis-fixture|native\/native-sandbox)\.ts$/;
  const modules = readModules(PROJECT, filesOfCategory('unit'));
  const using = modules.filter(({ imports }) => imports.some(({ target }) => target?.match(starting)));
  assert.deepEqual(
    using.map(({ path }) => path),
    [],
  );
});

test('what takes the whole machine runs alone, and what only reads files runs beside others', () => {
  const { beside, services, systems, boxes, alone } = splitByMachineUse(findTestFiles());
  assert.deepEqual([...beside, ...services, ...systems, ...boxes, ...alone].sort(), findTestFiles());
  assert.ok(services.includes('test/webhooks.test.ts'));
  assert.ok(alone.includes('test/escapes/cpu-burn.test.ts'));
  assert.ok(boxes.includes('test/escapes/fork-bomb.test.ts'));
  assert.ok(systems.includes('test/languages/judging.test.ts'));
  assert.ok(beside.includes('test/architecture.test.ts'));
});

test('coverage is counted by unit tests alone', () => {
  const unit = filesOfCategory('unit');
  const counted = filesForCoverage();
  assert.ok(counted.length > 50 && counted.length < unit.length);
  assert.deepEqual(
    counted.filter((path) => !unit.includes(path)),
    [],
  );
});
