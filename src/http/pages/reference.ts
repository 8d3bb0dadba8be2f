// The API reference as HTML, made from the OpenAPI document: readable without a script, which only adds "Try it".

import { type Html, html, prose } from './html.ts';
import { exampleOf, nameOf, type Schema, schemaTable } from './reference-schema.ts';

interface Operation {
  readonly operationId?: string;
  readonly summary?: string;
  readonly description?: string;
  readonly tags?: readonly string[];
  readonly security?: readonly object[];
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content?: Content; readonly required?: boolean };
  readonly responses?: Readonly<
    Record<string, { readonly description?: string; readonly content?: Content }>
  >;
}

interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly required?: boolean;
  readonly description?: string;
  readonly schema?: Schema;
}

type Content = Readonly<Record<string, { readonly schema?: Schema }>>;

type Paths = Readonly<Record<string, Readonly<Record<string, Operation>>>>;

/** As much of OpenAPI as the service's own document uses. */
export interface OpenApiDocument {
  readonly info: { readonly description?: string; readonly version: string };
  readonly tags?: readonly { readonly name: string; readonly description?: string }[];
  readonly paths?: Paths;
  readonly 'x-websockets'?: Paths;
  readonly components?: { readonly schemas?: Readonly<Record<string, Schema>> };
}

interface Route {
  readonly path: string;
  readonly method: string;
  readonly operation: Operation;
}

export interface Reference {
  readonly body: Html;
  /** What the navigation shows. */
  readonly headings: readonly { readonly id: string; readonly text: string }[];
}

export function referenceOf(document: OpenApiDocument): Reference {
  const paths = { ...document.paths, ...document['x-websockets'] };
  const routes = Object.entries(paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(([method, operation]): Route => ({ path, method, operation })),
  );
  const tags = document.tags ?? [];
  const schemas = Object.entries(document.components?.schemas ?? {});
  const body = html`<h1 id="api-reference">API reference</h1>
<p>${document.info.description ?? ''} Version ${document.info.version}. The same as a document:
<a href="/openapi.json">OpenAPI 3.1</a>. Verdicts, checkers, limits and errors in prose: <a href="/docs/api">API</a>.</p>
${tags.map(({ name, description = '' }) => {
  const own = routes.filter(({ operation }) => operation.tags?.includes(name));
  return html`<h2 id="${name}">${titleOf(name)}</h2><p>${prose(description)}</p>${own.map((route) => routeHtml(route, document))}`;
})}
<h2 id="schemas">Schemas</h2>
${schemas.map(([name, schema]) => html`<section id="schema-${name}"><h3>${name}</h3><p>${prose(schema.description ?? '')}</p>${schemaTable(schema)}</section>`)}
`;
  const headings = [
    ...tags.map(({ name }) => ({ id: name, text: titleOf(name) })),
    { id: 'schemas', text: 'Schemas' },
  ];
  return { body, headings };
}

function titleOf(tag: string): string {
  return tag.charAt(0).toUpperCase() + tag.slice(1);
}

function routeHtml({ path, method, operation }: Route, document: OpenApiDocument): Html {
  const { operationId = `${method}-${path}`, summary = '', description = '', parameters = [] } = operation;
  const body = Object.values(operation.requestBody?.content ?? {})[0]?.schema;
  const example = body === undefined ? '' : exampleOf(body, document.components?.schemas ?? {});
  return html`<section class="operation" id="${operationId}" data-method="${method.toUpperCase()}" data-path="${path}" data-example="${example}">
<h3><span class="method">${method.toUpperCase()}</span> <code>${path}</code></h3>
<p><strong>${summary}.</strong> ${prose(description)}</p>
${parameters.length === 0 ? '' : parameterTable(parameters)}
${body === undefined ? '' : html`<h4>Body</h4>${bodyHtml(body)}`}
<h4>Answers</h4>
<div class="table"><table><tbody>${Object.entries(operation.responses ?? {}).map(answerRow)}</tbody></table></div>
</section>`;
}

function parameterTable(parameters: readonly Parameter[]): Html {
  return html`<h4>Parameters</h4><div class="table"><table><thead><tr><th scope="col">Name</th><th scope="col">In</th><th scope="col">Type</th><th scope="col">Meaning</th></tr></thead><tbody>
${parameters.map(
  ({ name, in: place, required, schema, description = '' }) =>
    html`<tr><td><code>${name}</code>${required ? ' (required)' : ''}</td><td>${place}</td><td>${nameOf(schema ?? {})}</td><td>${prose(description)}</td></tr>`,
)}
</tbody></table></div>`;
}

/** A named schema is shown once, below; any other where it is used. */
function bodyHtml(schema: Schema): Html {
  return schema.$ref === undefined ? schemaTable(schema) : html`<p>${nameOf(schema)}</p>`;
}

function answerRow([status, { description = '', content = {} }]: [
  string,
  { readonly description?: string; readonly content?: Content },
]): Html {
  const types = Object.entries(content).map(
    ([type, { schema }]) => html`<code>${type}</code> ${nameOf(schema ?? {})} `,
  );
  return html`<tr><td>${status}</td><td>${prose(description)}</td><td>${types}</td></tr>`;
}
