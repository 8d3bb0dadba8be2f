// The layout that images and the driver share: paths, users and labels. Process 1 of a container cannot mount anything,
// so everything has to exist when the image is built.

/** Users of boxes, `boxN` in /etc/passwd of every image. No two containers of a machine share one at the same time. */
export const FIRST_BOX_UID = 61_000;
export const BOX_UIDS = 256;

/** The image's entry point. */
export const SUPERVISOR_PATH = '/usr/lib/code-execution-service/supervisor';
/** Holds a file `<tool>` for each tool of the languages inside, with the tool's version output. */
export const VERSIONS_DIRECTORY = '/usr/lib/code-execution-service/versions';

/** Empty directories of the image, on each of which a tmpfs is mounted when a container starts. */
export const BOX_DIRECTORIES = ['/box', '/code', '/build'] as const;
/** Links in the root to what process 1 creates. */
export const BOX_LINKS = { '/tmp': '/box/tmp' } as const;

export const IMAGE_LABELS = {
  /** Hash of what the image is made from, but for the supervisor. */
  recipe: 'code-execution-service.recipe',
  /** Hash of the supervisor's program; absent from an image that was built by hand. */
  supervisor: 'code-execution-service.supervisor',
  /** Identifiers of the languages inside, separated by commas. */
  languages: 'code-execution-service.languages',
} as const;

/** Lines of /etc/passwd and /etc/group for boxes, beside those of the image's base. */
export function boxUsers(): { readonly passwd: string; readonly group: string } {
  const numbers = Array.from({ length: BOX_UIDS }, (_, index) => index);
  const id = (index: number) => FIRST_BOX_UID + index;
  return {
    passwd: numbers.map((n) => `box${n}:x:${id(n)}:${id(n)}::/tmp:/bin/sh\n`).join(''),
    group: numbers.map((n) => `box${n}:x:${id(n)}:\n`).join(''),
  };
}
