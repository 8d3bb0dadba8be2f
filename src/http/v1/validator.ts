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

/** One schema as functions: whether a value fits it, and the search for all that is wrong, compiled when first needed. */
interface Validators {
  readonly isValid: ValidateFunction;
  readonly findAll: () => ValidateFunction;
}
type CompileOnce = (schema: object) => Validators;

/** By the schemas that others refer to: routes and servers share what they have in common. As many as the process has APIs. */
const compilers = new Map<string, CompileOnce>();

/** Compiles schemas for Fastify. `schemas` are those that others refer to by `$id`. */
export function createValidatorCompiler(schemas: readonly object[]): FastifySchemaCompiler<object> {
  const compile = kept(compilers, schemas, createCompileOnce);
  return ({ schema, httpPart }) => {
    const { isValid, findAll } = compile(schema);
    const subject = SUBJECTS[httpPart ?? ''] ?? 'the request';
    return (value: unknown) => {
      if (isValid(value)) return { value };
      return { error: rejectionOf(hasAtMost(value, THOROUGH_VALUES) ? findAll() : isValid, value, subject) };
    };
  };
}

function createCompileOnce(schemas: readonly object[]): CompileOnce {
  // A schema may require a field that its parent describes.
  const options = { strict: true, strictRequired: false, allowUnionTypes: true, verbose: true };
  const quick = new Ajv({ ...options, allErrors: false }).addSchema([...schemas]);
  const createThorough = () => new Ajv({ ...options, allErrors: true }).addSchema([...schemas]);
  let thorough: Ajv | undefined;
  const validators = new Map<string, Validators>();
  const create = (schema: object): Validators => {
    let all: ValidateFunction | undefined;
    const findAll = () => {
      thorough ??= createThorough();
      all ??= thorough.compile(schema);
      return all;
    };
    return { isValid: quick.compile(schema), findAll };
  };
  return (schema) => kept(validators, schema, create);
}

/** What `create` made of an equal value before, or makes now. */
function kept<Value extends object, Made>(
  made: Map<string, Made>,
  value: Value,
  create: (value: Value) => Made,
): Made {
  const key = JSON.stringify(value);
  const known = made.get(key) ?? create(value);
  made.set(key, known);
  return known;
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
