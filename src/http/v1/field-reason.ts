// Says in a sentence what is wrong with a field: its name, what is allowed, and the value. It translates the errors of the
// schema validator; values are shortened, so that neither code nor inputs come back.

import type { DefinedError } from 'ajv';
import { SHA256_PATTERN } from '../../api/blob.ts';
import { PROBLEM_REFERENCE } from '../../api/problem.ts';
import type { FieldReason } from '../../errors.ts';
import {
  PAGE_CURSOR_PATTERN,
  PROBLEM_ID_FORM,
  REQUEST_LIMITS,
  USER_ID_FORM,
  USER_ID_PATTERN,
} from '../../limits.ts';
import { shown as shownText } from '../../submissions/field-reason.ts';
import { meantField } from './meant-field.ts';

/** What patterns ask for, in words. */
const FORMS: Readonly<Record<string, string>> = {
  [PAGE_CURSOR_PATTERN]: 'the next_cursor of an earlier page',
  [USER_ID_PATTERN]: USER_ID_FORM,
  [SHA256_PATTERN]: '64 hexadecimal digits in lower case',
  [PROBLEM_REFERENCE]: `the id of a problem (${PROBLEM_ID_FORM}), or ID@VERSION`,
};

/** An error of a validator with the option `verbose`, which adds the value and its schema. */
type VerboseError = DefinedError & { data?: unknown; parentSchema?: Record<string, unknown> };

/** `subject` names the whole, such as `the body`, for an error about none of its fields. */
export function fieldReason(error: VerboseError, subject: string): FieldReason {
  const path = fieldPath(error);
  const schema = error.parentSchema ?? {};
  const name = path === '' ? subject : path;
  const got = `got ${shown(error.data)}`;
  switch (error.keyword) {
    case 'required':
      return { path, message: `${name} is required` };
    case 'additionalProperties':
      return {
        path,
        message: `${name} is not a known field; ${knownFields(schema, error.params.additionalProperty)}`,
      };
    case 'type':
      return { path, message: `${name} must be ${kindOf(schema)}${rangeOf(schema, path, ' ')}, ${got}` };
    case 'minimum':
    case 'maximum':
      return { path, message: `${name} must be${rangeOf(schema, path, ' ')}, ${got}` };
    case 'enum':
      return { path, message: `${name} must be one of ${allowedValues(schema)}, ${got}` };
    case 'minLength':
    case 'maxLength':
      return {
        path,
        message: `${name} must have ${countOf(error, 'character')}, got ${lengthOf(error.data)}`,
      };
    case 'minItems':
    case 'maxItems':
      return {
        path,
        message: `${name} must have ${countOf(error, 'entry', 'entries')}, got ${lengthOf(error.data)}`,
      };
    case 'anyOf':
      return oneOfFields(schema.anyOf, path, name);
    case 'pattern':
      return { path, message: `${name} ${formOf(error.params.pattern)}, ${got}` };
    default:
      return { path, message: `${name} ${error.message ?? 'is not valid'}` };
  }
}

/** `/test_cases/0/args` becomes `test_cases[0].args`; a missing or unknown field is the subject itself. */
function fieldPath(error: VerboseError): string {
  const parts = error.instancePath.split('/').slice(1);
  if (error.keyword === 'required') parts.push(error.params.missingProperty);
  if (error.keyword === 'additionalProperties') parts.push(shownName(error.params.additionalProperty));
  return parts.reduce((path, part) => {
    if (/^\d+$/.test(part) && path !== '') return `${path}[${part}]`;
    return path === '' ? part : `${path}.${part}`;
  }, '');
}

/** For an object that must have one of several fields: `code is required (or files)`. */
function oneOfFields(branches: unknown, path: string, subject: string): FieldReason {
  const [first = subject, ...others] = (branches as readonly { required?: readonly string[] }[]).flatMap(
    ({ required = [] }) => required,
  );
  const field = path === '' ? first : `${path}.${first}`;
  return { path: field, message: `${field} is required${others.map((other) => ` (or ${other})`).join('')}` };
}

function knownFields(schema: Record<string, unknown>, written: string): string {
  const known = Object.keys(schema.properties ?? {});
  const meant = meantField(written, known);
  return `known fields are ${known.join(', ')}${meant === null ? '' : `; did you mean \`${meant}\`?`}`;
}

/** A pattern in words, since clients should not have to read regular expressions. */
function formOf(pattern: string): string {
  const form = FORMS[pattern];
  return form === undefined ? 'has characters that are not allowed' : `must be ${form}`;
}

function kindOf(schema: Record<string, unknown>): string {
  const article: Readonly<Record<string, string>> = { array: 'an', integer: 'an', object: 'an' };
  const types = [schema.type].flat().map(String);
  return types.map((type) => `${article[type] ?? 'a'} ${type}`).join(' or ');
}

function rangeOf(schema: Record<string, unknown>, path: string, before: string): string {
  const { minimum, maximum } = schema;
  if (minimum === undefined && maximum === undefined) return '';
  const field = path.split('.').at(-1) ?? '';
  const unit = field in REQUEST_LIMITS ? ` ${REQUEST_LIMITS[field as keyof typeof REQUEST_LIMITS].unit}` : '';
  if (minimum === undefined) return `${before}at most ${maximum}${unit}`;
  if (maximum === undefined) return `${before}at least ${minimum}${unit}`;
  return `${before}between ${minimum} and ${maximum}${unit}`;
}

function allowedValues(schema: Record<string, unknown>): string {
  return (schema.enum as readonly unknown[]).map((value) => JSON.stringify(value)).join(', ');
}

function countOf(error: VerboseError, singular: string, plural = `${singular}s`): string {
  const { limit } = error.params as { limit: number };
  const bound = error.keyword.startsWith('min') ? 'at least' : 'at most';
  return `${bound} ${limit} ${limit === 1 ? singular : plural}`;
}

function lengthOf(value: unknown): number {
  if (typeof value !== 'string') return (value as readonly unknown[]).length;
  let pairs = 0;
  for (let index = 1; index < value.length; index += 1)
    if (isHigh(value.charCodeAt(index - 1)) && isLow(value.charCodeAt(index))) pairs += 1;
  return value.length - pairs;
}

function isHigh(unit: number): boolean {
  return unit >= 0xd800 && unit < 0xdc00;
}

function isLow(unit: number): boolean {
  return unit >= 0xdc00 && unit < 0xe000;
}

function shown(value: unknown): string {
  if (Array.isArray(value)) return 'an array';
  if (value === null || value === undefined) return 'null';
  if (typeof value === 'object') return 'an object';
  return typeof value === 'string' ? shownText(value) : String(value);
}

/** An unknown field's name: quoted if no field could have it. */
function shownName(name: string): string {
  return /^[A-Za-z0-9_-]{1,40}$/.test(name) ? name : shownText(name);
}
