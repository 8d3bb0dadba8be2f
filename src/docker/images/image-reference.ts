// Names of images: `registry/repository/name:tag`.

export interface ImageReference {
  readonly name: string;
  /** A tag, or a digest as `sha256:…`. */
  readonly tag: string;
}

/** The name of one of this service's images, e.g. `code-execution-service/python:0.1.0`. */
export function imageReference(repository: string, name: string, version: string): string {
  return `${repository}/${name}:${version}`;
}

/** The tag defaults to `latest`. A colon before a registry's port does not start a tag. */
export function splitReference(reference: string): ImageReference {
  const [beforeDigest = reference, digest] = reference.split('@');
  if (digest !== undefined) return { name: beforeDigest, tag: digest };
  const tag = /:([^:/]+)$/.exec(reference)?.[1];
  return tag === undefined
    ? { name: reference, tag: 'latest' }
    : { name: reference.slice(0, -tag.length - 1), tag };
}
