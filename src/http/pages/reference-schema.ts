// A JSON Schema as a table for people: each field with its type, its bounds and its meaning, inner fields below it.

import { type Html, html, prose } from './html.ts';

/** As much of JSON Schema as the service's own schemas use. */
export interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly enum?: readonly unknown[];
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: boolean | Schema;
  readonly required?: readonly string[];
  readonly anyOf?: readonly Schema[];
  readonly examples?: readonly unknown[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly maxItems?: number;
  readonly pattern?: string;
}

const MAX_DEPTH = 5;

export function schemaTable(schema: Schema): Html {
  const rows = rowsOf(schema, '', 0);
  if (rows.length === 0) return html`<p>${nameOf(schema)}</p>`;
  return html`<div class="table"><table><thead><tr><th scope="col">Field</th><th scope="col">Type</th><th scope="col">Meaning</th></tr></thead><tbody>${rows}</tbody></table></div>`;
}

function rowsOf(schema: Schema, prefix: string, depth: number): Html[] {
  const { properties = {}, required = [] } = fieldsOf(schema);
  return Object.entries(properties).flatMap(([name, field]) => {
    const path = `${prefix}${name}`;
    const row = html`<tr><td><code>${path}</code>${required.includes(name) ? ' (required)' : ''}</td><td>${nameOf(field)}</td><td>${prose(field.description ?? '')} ${boundsOf(field)}</td></tr>`;
    const inner = depth < MAX_DEPTH ? rowsOf(field, `${path}${field.items ? '[].' : '.'}`, depth + 1) : [];
    return [row, ...inner];
  });
}

/** The object within a list, or beside `null`. */
function fieldsOf(schema: Schema): Schema {
  if (schema.items) return fieldsOf(schema.items);
  return schema.anyOf?.find(({ properties }) => properties) ?? schema;
}

/** The name of a type, a link if it has a section of its own. */
export function nameOf(schema: Schema): Html {
  if (schema.$ref !== undefined) {
    const name = schema.$ref.slice(schema.$ref.lastIndexOf('/') + 1);
    return html`<a href="#schema-${name}">${name}</a>`;
  }
  if (schema.enum) return html`${schema.enum.map((value) => html`<code>${String(value)}</code> `)}`;
  if (schema.items) return html`list of ${nameOf(schema.items)}`;
  if (schema.anyOf)
    return html`${schema.anyOf.map((each, index) => html`${index > 0 ? ' or ' : ''}${nameOf(each)}`)}`;
  return html`${[schema.type ?? 'any'].flat().join(' or ')}`;
}

function boundsOf({ minimum, maximum, minLength, maxLength, maxItems }: Schema): string {
  const bounds = [
    range(minimum, maximum, ''),
    range(minLength, maxLength, ' characters'),
    range(undefined, maxItems, ' items'),
  ];
  return bounds.filter((bound) => bound !== '').join(' ');
}

function range(least: number | undefined, most: number | undefined, unit: string): string {
  if (least === undefined && most === undefined) return '';
  if (most === undefined) return `At least ${least}${unit}.`;
  return least === undefined ? `At most ${most}${unit}.` : `${least} to ${most}${unit}.`;
}

/** The first example of a body as JSON, empty if there is none. */
export function exampleOf(schema: Schema, schemas: Readonly<Record<string, Schema>>): string {
  const named =
    schema.$ref === undefined ? schema : schemas[schema.$ref.slice(schema.$ref.lastIndexOf('/') + 1)];
  const [example] = named?.examples ?? [];
  return example === undefined ? '{}' : JSON.stringify(example, null, 2);
}
