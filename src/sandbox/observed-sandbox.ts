// A sandbox whose failures are told to someone who counts them. It is the sandbox otherwise.

import { type Sandbox, SandboxError, type Workspace } from './sandbox.ts';

type Operation = 'open' | 'build' | 'run';

/** `onFailure` is told each `SandboxError`, also one that a second try makes good; a probe's is the health's to tell. */
export function observeFailures(sandbox: Sandbox, onFailure: (operation: Operation) => void): Sandbox {
  const told = async <T>(operation: Operation, work: Promise<T>): Promise<T> => {
    try {
      return await work;
    } catch (error) {
      if (error instanceof SandboxError) onFailure(operation);
      throw error;
    }
  };
  const observed = (workspace: Workspace): Workspace => ({
    build: (...args) => told('build', workspace.build(...args)),
    run: (...args) => told('run', workspace.run(...args)),
    [Symbol.asyncDispose]: () => workspace[Symbol.asyncDispose](),
  });
  return {
    ...sandbox,
    open: async (root, files) => observed(await told('open', sandbox.open(root, files))),
  };
}
