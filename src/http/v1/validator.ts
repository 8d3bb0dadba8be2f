// Validates requests against their schemas. Nothing is coerced, dropped or filled in: a request is what its sender wrote.

import { Ajv, type DefinedError, type ValidateFunction } from 'ajv';
import type { FastifySchemaCompiler } from 'fastify';
import type { ServiceError } from '../../errors.ts';
import { MAX_REASONS, rejection } from '../../submissions/field-reason.ts';
import { fieldReason } from './field-reason.ts';

/**
 * Values up to which all errors of a request are searched for. In a larger one the search ends with the first:
 * 16 MB of `[0,0,…]` as test cases would otherwise become millions of error objects.
 */
const THOROUGH_VALUES = 5000;

const SUBJECTS: Readonly<Record<string, string>> = { body: 'the body', querystring: 'the query' };

/** Compiles schemas for Fastify. `schemas` are those that others refer to by `$id`. */
export function createValidatorCompiler(schemas: readonly object[]): FastifySchemaCompiler<object> {
  // A schema may require a field that its parent describes.
  const options = { strict: true, strictRequired: false, allowUnionTypes: true, verbose: true };
  const quick = new Ajv({ ...options, allErrors: false });
  const thorough = new Ajv({ ...options, allErrors: true });
  for (const ajv of [quick, thorough]) ajv.addSchema([...schemas]);

  return ({ schema, httpPart }) => {
    const isValid = quick.compile(schema);
    const findAll = thorough.compile(schema);
    const subject = SUBJECTS[httpPart ?? ''] ?? 'the request';
    return (value: unknown) => {
      if (isValid(value)) return { value };
      return { error: rejectionOf(hasAtMost(value, THOROUGH_VALUES) ? findAll : isValid, value, subject) };
    };
  };
}

function rejectionOf(validate: ValidateFunction, value: unknown, subject: string): ServiceError {
  validate(value);
  const found = (validate.errors ?? []) as DefinedError[];
  const isCodeTooLong = found.some(
    ({ instancePath, keyword }) => instancePath === '/code' && keyword === 'maxLength',
  );
  const errors = withoutBranches(found);
  return rejection(
    isCodeTooLong ? 'too_large' : 'invalid_request',
    errors.slice(0, MAX_REASONS).map((error) => fieldReason(error, subject)),
    errors.length,
  );
}

/** Leaves of an `anyOf` that none of its branches fits the one error that says so, which comes after theirs. */
function withoutBranches(errors: readonly DefinedError[]): readonly DefinedError[] {
  const failed = errors
    .filter(({ keyword }) => keyword === 'anyOf')
    .map(({ schemaPath }) => `${schemaPath}/`);
  return errors.filter(({ schemaPath }) => !failed.some((branches) => schemaPath.startsWith(branches)));
}

/** Whether a JSON value holds at most `limit` values, nested ones included. Visits no more than that many. */
function hasAtMost(value: unknown, limit: number): boolean {
  const pending = [value];
  let seen = 0;
  while (pending.length > 0) {
    const next = pending.pop();
    seen += 1;
    if (seen + pending.length > limit) return false;
    if (typeof next !== 'object' || next === null) continue;
    if (Array.isArray(next) && next.length > limit) return false;
    for (const key in next) {
      pending.push((next as Record<string, unknown>)[key]);
      if (pending.length > limit) return false;
    }
  }
  return true;
}
