// A setting whose values a schema describes: what a variable's text stands for is checked by Ajv, as requests are.

import { Ajv, type ValidateFunction } from 'ajv';
import { type TSchema, Type } from 'typebox';

/** One setting. `parse` returns `undefined` for a text that is not allowed; `absent` is the value without a text. */
export interface Setting<T> {
  readonly name: string;
  /** Of the value, as far as a schema can describe it; its description is the setting's meaning. */
  readonly schema: TSchema;
  readonly defaultText: string;
  readonly allowed: string;
  readonly meaning: string;
  readonly absent: T;
  parse(text: string): T | undefined;
  /** What is wrong with a rejected text, and how to correct it; never the text of a secret. */
  hint?(text: string): string | null;
  /** Whether an empty variable is an error rather than the same as no variable. */
  readonly refusesEmpty?: boolean;
  /** A secret's value is never shown, not even in the message that rejects it. */
  readonly secret?: boolean;
}

type Described<T> = Omit<Setting<T>, 'parse' | 'hint'>;

/** `Read` is the type of the value that the schema describes. */
interface SettingOptions<Read, T> extends Described<T> {
  /** The value that a text stands for, allowed or not. */
  readonly read: (text: string) => unknown;
  /** Completes an allowed value, such as a relative path. */
  readonly complete?: ((value: Read) => T) | undefined;
  readonly hint?: ((text: string) => string | null) | undefined;
}

const ajv = new Ajv({ strict: true, unicodeRegExp: false });

export function setting<Read, T = Read>(options: SettingOptions<Read, T>): Setting<T> {
  const { read, complete, hint, ...described } = options;
  const schema = { ...described.schema, description: described.meaning };
  // Compiled with the first text: most settings have none.
  let validate: ValidateFunction | undefined;
  return {
    ...described,
    schema,
    ...(hint && { hint }),
    parse: (text) => {
      const value = read(text);
      validate ??= ajv.compile(schema);
      if (!validate(value)) return undefined;
      return complete ? complete(value as Read) : (value as T);
    },
  };
}

/** A format that schemas may name, for what a pattern cannot say. */
export function format(name: string, isValid: (text: string) => boolean): TSchema {
  ajv.addFormat(name, { type: 'string', validate: isValid });
  return Type.String({ format: name });
}

/** The items of a list that is separated by commas. */
export function itemsIn(text: string): string[] {
  return text.split(',').map((item) => item.trim());
}
