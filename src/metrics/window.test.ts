// The bounds at which a question changes the steps that it is answered in.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HOUR_MS, RESOLUTIONS } from './metrics.ts';
import { seriesStepMs, stepStart, windowOf } from './window.ts';

const NOW = Date.parse('2030-05-05T12:34:56Z');

test('a day is counted in fine steps, an hour more in hours', () => {
  assert.equal(windowOf(1, NOW).resolution, 'fine');
  assert.equal(windowOf(24, NOW).resolution, 'fine');
  assert.equal(windowOf(25, NOW).resolution, 'hour');
  assert.equal(windowOf(24, NOW, 'hour').resolution, 'hour');
});

test('six hours are shown in fine steps, seven in hours', () => {
  assert.equal(seriesStepMs(6, windowOf(6, NOW)), RESOLUTIONS.fine.stepMs);
  assert.equal(seriesStepMs(7, windowOf(7, NOW)), HOUR_MS);
  assert.equal(seriesStepMs(6, windowOf(6, NOW, 'hour')), HOUR_MS);
});

test('a window begins with the step in which the first hour began, and ends with the one of now', () => {
  for (const hours of [1, 24, 25, 720]) {
    const { fromMs, toMs, resolution } = windowOf(hours, NOW);
    assert.equal(fromMs, stepStart(resolution, NOW - hours * HOUR_MS));
    assert.equal(toMs, stepStart(resolution, NOW));
    assert.ok(toMs <= NOW && NOW < toMs + RESOLUTIONS[resolution].stepMs);
  }
  const onTheHour = Date.parse('2030-05-05T12:00:00Z');
  assert.equal(stepStart('hour', onTheHour), onTheHour);
  assert.equal(stepStart('hour', onTheHour - 1), onTheHour - HOUR_MS);
});
