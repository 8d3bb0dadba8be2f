// Tries the isolation of programs in each image once, and remembers one that passed.

import { type ImageRoot, SandboxError } from '../../sandbox/sandbox.ts';

export interface ImageTests {
  /** Throws an Error that names the escapes that worked. A failed attempt is repeated with the next call. */
  test(root: ImageRoot): Promise<void>;
  /** An image that passed. Throws a `SandboxError` if there is none. */
  proven(): ImageRoot;
}

export function createImageTests(tryImage: (root: ImageRoot) => Promise<void>): ImageTests {
  const attempts = new Map<string, Promise<void>>();
  let proven: ImageRoot | null = null;
  return {
    test(root) {
      const attempt =
        attempts.get(root.image) ??
        tryImage(root).then(() => {
          proven = root;
        });
      attempts.set(root.image, attempt);
      attempt.catch(() => attempts.delete(root.image));
      return attempt;
    },
    proven() {
      if (proven === null)
        throw new SandboxError('there is no image to run programs in', { retryable: true });
      return proven;
    },
  };
}
