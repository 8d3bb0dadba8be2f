// The state that lives and dies with one supervisor process: the roots, files and builds it holds, and their numbers.

import { type BuildCache, createBuildCache, isRepeatable } from '../build-cache.ts';
import { type BoxFile, type DirectoryRoot, type RootFileSystem, SandboxError } from '../sandbox.ts';
import type { Supervisor } from './supervisor.ts';

export interface SupervisorState {
  readonly supervisor: Supervisor;
  readonly builds: BuildCache;
  /** The root's number; a new root is sent to the supervisor. */
  root(root: RootFileSystem): Promise<number>;
  /** An unused number for an artifact. */
  nextArtifact(): number;
  /** Stores files and returns their number. */
  store(files: readonly BoxFile[]): Promise<number>;
}

export function createSupervisorState(supervisor: Supervisor, capacityBytes: number): SupervisorState {
  const roots = new Map<string, Promise<number>>();
  let lastRoot = 0;
  let lastArtifact = 0;
  const builds = createBuildCache<number>({
    capacityBytes,
    worthKeeping: ({ outcome }) => isRepeatable(outcome),
    remove: (build) => build.artifact !== 0 && supervisor.drop(build.artifact),
  });

  async function addRoot(root: DirectoryRoot): Promise<number> {
    const number = ++lastRoot;
    await supervisor.addRoot(number, root).catch((error) => {
      roots.delete(root.fingerprint); // its directories may exist the next time
      throw error;
    });
    return number;
  }

  return {
    supervisor,
    builds,
    root(root) {
      if (!('mounts' in root) && supervisor.imageRoot !== undefined)
        return Promise.resolve(supervisor.imageRoot);
      if (!('mounts' in root))
        throw new SandboxError('the native sandbox shows directories, not images', { retryable: false });
      if (root.mounts.length === 0) return Promise.resolve(0);
      const number = roots.get(root.fingerprint) ?? addRoot(root);
      roots.set(root.fingerprint, number);
      return number;
    },
    nextArtifact: () => ++lastArtifact,
    async store(files) {
      const artifact = ++lastArtifact;
      await supervisor.store(artifact, files);
      return artifact;
    },
  };
}
