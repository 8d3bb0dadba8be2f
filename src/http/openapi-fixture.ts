// The OpenAPI document as tests read it, and what it says of answers.

import { Ajv2020 } from 'ajv/dist/2020.js';

export interface Schema {
  readonly description?: string;
  readonly type?: string;
  readonly enum?: unknown[];
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly items?: Schema;
  readonly required?: string[];
  readonly properties?: Record<string, Schema>;
  readonly examples?: unknown[];
}
interface Operation {
  readonly tags: readonly string[];
  readonly parameters?: readonly object[];
  readonly requestBody?: { readonly required?: boolean };
  readonly security?: object[];
  readonly responses: Record<string, { content: Record<string, { schema: object }> }>;
}
export interface OpenApiDocument {
  readonly openapi: string;
  readonly info: object;
  readonly security: object[];
  readonly tags: readonly { readonly name: string }[];
  readonly paths: Record<string, Record<string, Operation>>;
  readonly 'x-websockets': Record<string, Record<string, Operation>>;
  readonly components: { schemas: Record<string, Schema> };
}

/** Says what in an answer the document does not allow, or null. */
export function createJudge(document: OpenApiDocument) {
  const ajv = new Ajv2020({ strict: false, validateFormats: false });
  ajv.addSchema(document, 'document');
  return (path: string, method: string, answer: { statusCode: number; headers: object; body: string }) => {
    const [type = ''] = String((answer.headers as Record<string, unknown>)['content-type']).split(';');
    const known = document.paths[path]?.[method]?.responses[answer.statusCode]?.content[type];
    if (!known) return `${answer.statusCode} ${type} is not documented`;
    const keys = ['paths', path, method, 'responses', answer.statusCode, 'content', type, 'schema'];
    const pointer = keys.map((key) =>
      encodeURIComponent(String(key).replaceAll('~', '~0').replaceAll('/', '~1')),
    );
    const validate = ajv.getSchema(`document#/${pointer.join('/')}`);
    if (!validate) return 'the schema is missing';
    const value = type === 'text/plain' ? answer.body : JSON.parse(answer.body);
    return validate(value) ? null : ajv.errorsText(validate.errors);
  };
}
