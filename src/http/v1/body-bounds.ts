// Bounds on a body before it is parsed: as much as its fields may contain, and no more.

import { ServiceError } from '../../errors.ts';
import { MAX_TOKEN_BYTES, type ShapeBounds, type ShapeFault } from '../../json-shape.ts';
import { PROBLEM_LIMITS, REQUEST_SIZES } from '../../limits.ts';
import type { Config } from '../../settings/config.ts';
import { reason, shown } from '../../submissions/field-reason.ts';

/** A request has four: itself, its tests, one of them, its arguments. */
const MAX_DEPTH = 10;
/** A test has twelve fields, two blobs, and 32 arguments of the program and of its checker each. */
const VALUES_PER_TEST = 96;
/** Of all that is not a test: files, arguments, options. */
const OTHER_VALUES = 512;
/** A character outside of the first plane is written as two escapes; a byte of a text as one. */
const MAX_WRITTEN_CHARACTER = 12;
const MAX_WRITTEN_BYTE = 6;
/** An argument has 4096 characters at most, everything else less. */
const OTHER_STRING_BYTES = 4096 * MAX_WRITTEN_CHARACTER;

/** A batch has many requests, two levels further down. Together they have this many times the values of one. */
const BATCH_DEPTH = 2;
const BATCH_SHARE = 20;

export type BodySettings = Pick<Config, 'maxCodeLength' | 'maxTestCases'>;

export function bodyBounds({ maxCodeLength, maxTestCases }: BodySettings): ShapeBounds {
  const text = REQUEST_SIZES.textBytes * MAX_WRITTEN_BYTE;
  return {
    depth: MAX_DEPTH,
    values: maxTestCases * VALUES_PER_TEST + OTHER_VALUES,
    stringBytes: new Map([
      ['code', maxCodeLength * MAX_WRITTEN_CHARACTER],
      ['content', REQUEST_SIZES.filesBytes * MAX_WRITTEN_BYTE],
      ['stdin', text],
      ['input', text],
      ['expected_output', text],
    ]),
    otherStringBytes: OTHER_STRING_BYTES,
  };
}

/** Of a body with many requests. */
export function batchBounds(settings: BodySettings): ShapeBounds {
  const one = bodyBounds(settings);
  return { ...one, depth: one.depth + BATCH_DEPTH, values: one.values * BATCH_SHARE };
}

/** Of a body that is a problem. */
export function problemBounds(settings: BodySettings): ShapeBounds {
  return bodyBounds({ ...settings, maxTestCases: Math.max(settings.maxTestCases, PROBLEM_LIMITS.tests) });
}

/** The error for a body whose shape exceeds the bounds. */
export function shapeError(fault: ShapeFault, bounds: ShapeBounds, settings: BodySettings): ServiceError {
  const field = fault.field === '' ? '' : ` in ${shown(fault.field)}`;
  switch (fault.kind) {
    case 'depth':
      return invalid(`The body must have at most ${bounds.depth} levels of nesting, got more${field}`);
    case 'values':
      return invalid(`The body must have at most ${bounds.values} values, got more${field}`);
    case 'token':
      return invalid(`A number must have at most ${MAX_TOKEN_BYTES} characters, got more${field}`);
    case 'string': {
      if (fault.field === 'code') return longCode(settings);
      const bound = bounds.stringBytes.get(fault.field) ?? bounds.otherStringBytes;
      return invalid(`A string must have at most ${bound} bytes, got ${fault.bytes}${field}`);
    }
  }
}

function invalid(message: string): ServiceError {
  return new ServiceError('invalid_request', message);
}

function longCode({ maxCodeLength }: BodySettings): ServiceError {
  const found = reason('code', `must have at most ${maxCodeLength} characters, got more`);
  return new ServiceError('too_large', found.message, { errors: [found] });
}
