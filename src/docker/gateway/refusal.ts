// The gateway's answer to a request that it does not pass to the engine.

/** The request is not one that the gateway makes for anybody. The message says what is wrong with it. */
export class Refusal extends Error {
  readonly status: number;
  constructor(message: string, status = 403) {
    super(message);
    this.name = 'Refusal';
    this.status = status;
  }
}

const SHOWN_CHARACTERS = 200;

/** A value for a message, shortened. */
export function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > SHOWN_CHARACTERS ? `${text.slice(0, SHOWN_CHARACTERS)}…` : text;
}
