// A text that is kept by the service under its SHA-256, where a request would otherwise have the text itself.

import { Type } from 'typebox';

export const SHA256_PATTERN = '^[0-9a-f]{64}$';

const sha256 = Type.String({
  pattern: SHA256_PATTERN,
  description: 'SHA-256 of what `PUT /blobs/{sha256}` has stored.',
});

export interface BlobReference {
  readonly blob: string;
}

/** One schema of two types: an error names the part that is wrong, which a union would not. */
export function textOrBlob(description: string) {
  return Type.Unsafe<string | BlobReference>({
    type: ['string', 'object'],
    properties: { blob: sha256 },
    required: ['blob'],
    additionalProperties: false,
    description: `${description} \`{"blob": "SHA-256"}\` stands for what is stored under it.`,
  });
}

export function isBlob(text: string | BlobReference | undefined): text is BlobReference {
  return typeof text === 'object';
}
