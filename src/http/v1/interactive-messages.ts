// Reads what a client of an interactive program sends: JSON within bounds, validated by the schema of its type. Rejects with
// a `ServiceError` that says what is wrong.

import { executeRequestSchema } from '../../api/execution.ts';
import {
  CLIENT_MESSAGES,
  type ClientMessage,
  type InteractiveRequest,
  interactiveRequestSchema,
} from '../../api/interactive.ts';
import { ServiceError } from '../../errors.ts';
import { shown } from '../../submissions/field-reason.ts';
import { MIB } from '../../units.ts';
import type { BodySettings } from './body-bounds.ts';
import { createJsonReader } from './json-body.ts';
import { createValidatorCompiler } from './validator.ts';

/** As it is written; the size of a message bounds it too. */
const MAX_DATA_BYTES = 4 * MIB;

export interface MessageReader {
  /** The first message. */
  request(data: Buffer, isBinary: boolean): InteractiveRequest;
  /** Any other. */
  message(data: Buffer, isBinary: boolean): ClientMessage;
}

type Validate = (value: unknown) => { value?: unknown; error?: unknown };

export function createMessageReader(settings: BodySettings): MessageReader {
  const read = createJsonReader(settings, { data: MAX_DATA_BYTES });
  const requestSchema = interactiveRequestSchema(executeRequestSchema(settings));
  const compile = createValidatorCompiler([requestSchema]);
  const validatorOf = (schema: object) => compile({ schema, httpPart: 'body' } as never) as Validate;
  const validateRequest = validatorOf(requestSchema);
  const validators = new Map(
    Object.entries(CLIENT_MESSAGES).map(([type, schema]) => [type, validatorOf(schema)]),
  );
  const textOf = (data: Buffer, isBinary: boolean) => {
    if (isBinary) throw invalid('Messages must be texts; bytes are sent with "encoding": "base64"');
    return read(data);
  };
  return {
    request: (data, isBinary) => valid(validateRequest, textOf(data, isBinary)) as InteractiveRequest,
    message(data, isBinary) {
      const message = textOf(data, isBinary);
      const type = (message as { type?: unknown } | null)?.type;
      const validate = validators.get(String(type));
      if (!validate)
        throw invalid(`type must be one of ${[...validators.keys()].join(', ')}, got ${shown(String(type))}`);
      return valid(validate, message) as ClientMessage;
    },
  };
}

function invalid(message: string): ServiceError {
  return new ServiceError('invalid_request', message);
}

function valid(validate: Validate, value: unknown): unknown {
  const { error } = validate(value);
  if (error) throw error;
  return value;
}
