// A sandbox that reports its failures to a callback, which counts them. In all else it is the sandbox that it wraps.

import { type Sandbox, SandboxError, type Workspace } from './sandbox.ts';

type Operation = 'open' | 'build' | 'run' | 'start';

/** Calls `onFailure` for each `SandboxError`, also if a second try succeeds, except for `probe`, which the health check reports. */
export function observeFailures(sandbox: Sandbox, onFailure: (operation: Operation) => void): Sandbox {
  const reported = async <T>(operation: Operation, work: Promise<T>): Promise<T> => {
    try {
      return await work;
    } catch (error) {
      if (error instanceof SandboxError) onFailure(operation);
      throw error;
    }
  };
  const observed = (workspace: Workspace): Workspace => ({
    build: (...args) => reported('build', workspace.build(...args)),
    findBuild: (...args) => reported('build', workspace.findBuild(...args)),
    run: (...args) => reported('run', workspace.run(...args)),
    start: async (...args) => {
      const session = await reported('start', workspace.start(...args));
      void reported('start', session.ended).catch(() => undefined);
      return session;
    },
    [Symbol.asyncDispose]: () => workspace[Symbol.asyncDispose](),
  });
  return {
    ...sandbox,
    open: async (root, files) => observed(await reported('open', sandbox.open(root, files))),
  };
}
