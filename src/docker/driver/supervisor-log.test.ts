// What of the text on a container's stderr reaches the log: bounded, and none of a program's.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { createSupervisorLog, FAILURES, failureOf, SENTENCES } from './supervisor-log.ts';

const SUPERVISOR = join(import.meta.dirname, '../../../supervisor');

function reader() {
  const passed: string[] = [];
  return { passed, log: createSupervisorLog((line) => passed.push(line)) };
}

test('before the first program, what the supervisor prints is passed on, a few lines of bounded length', () => {
  const { passed, log } = reader();
  log.line('programs must not run as root');
  for (let count = 0; count < 100; count++) log.line('x'.repeat(4000));
  assert.equal(passed[0], 'programs must not run as root');
  assert.equal(passed.length, 8);
  assert.ok(passed.every((line) => line.length <= 200));
});

test('once a program may print, only sentences of the supervisor pass, without what follows them', () => {
  const { passed, log } = reader();
  log.programsRun();
  for (const line of [
    'SECRET',
    'cannot remove SECRET',
    'cannot remove /boxSECRET',
    ' cannot remove /box',
    '',
  ])
    log.line(line);
  log.line('cannot remove /box: SECRET');
  log.line('a process cannot be killed');
  assert.deepEqual(passed, ['cannot remove /box', 'a process cannot be killed']);
  assert.deepEqual(log.passedOn(), passed);
  for (let count = 0; count < 100; count++) log.line('out of memory');
  assert.equal(passed.length, 8);
});

test('every sentence that the supervisor of a container prints while programs run is known', () => {
  const sources = ['container', 'connection', 'blobs', 'usage', 'tree', 'result', 'frames'];
  const text = sources.map((name) => readFileSync(join(SUPERVISOR, `${name}.c`), 'utf8')).join('\n');
  const printed = [...text.matchAll(/\b(?:die|note)\("([^"]*)"/g)].map(([, format = '']) => format);
  const atTheStart = [
    'cannot share memory',
    'cannot begin',
    'this is for the first process of a container',
    'programs must not run as root',
  ];
  const whileProgramsRun = printed.filter((format) => !atTheStart.includes(format));
  assert.ok(whileProgramsRun.length > 5);
  for (const format of whileProgramsRun)
    assert.ok(
      SENTENCES.some((sentence) => sentence.startsWith(format.replace(/%s$/, ''))),
      format,
    );
  const cleanup = readFileSync(join(SUPERVISOR, 'cleanup.c'), 'utf8');
  const left = [...cleanup.matchAll(/return "([^"]+)"/g)].map(([, what]) => what);
  assert.ok(left.length > 3);
  for (const what of left) assert.ok(SENTENCES.includes(`cannot remove ${what}`), what);
});

test('of the words of a failure only the supervisor’s own are kept', () => {
  assert.equal(failureOf('link into /box/work: SECRET'), 'link into /box/work');
  assert.equal(failureOf('SECRET'), 'the supervisor reported a failure');
  assert.equal(failureOf('/usr/bin/SECRET: No such file or directory'), 'the supervisor reported a failure');
  const text = ['container', 'blobs']
    .map((name) => readFileSync(join(SUPERVISOR, `${name}.c`), 'utf8'))
    .join('\n');
  const formats = [...text.matchAll(/\b(?:set_failure|connection_fail)\([^"]*"([^"]*)"/g)].map(
    ([, format = '']) => format,
  );
  assert.ok(formats.length > 10);
  for (const format of formats.filter((each) => !each.startsWith('%')))
    assert.ok(
      FAILURES.some((sentence) => sentence.startsWith(format.replace(/:? ?%.*$/, ''))),
      format,
    );
});
