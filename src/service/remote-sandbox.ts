// What a process has in place of a sandbox and toolchains if it runs nothing: those of the fleet's workers, of which it
// knows versions only.

import { SandboxError } from '../sandbox/sandbox.ts';
import type { Toolchain, ToolchainCatalog, ToolchainStatus } from '../toolchains/toolchain.ts';
import type { Fleet } from './fleet.ts';
import type { ChosenSandbox } from './sandbox-choice.ts';

export function createRemoteSandbox(fleet: Fleet): ChosenSandbox {
  const refuse = async () => {
    throw new SandboxError('this process runs no programs', { retryable: false });
  };
  return {
    sandbox: {
      get name() {
        return fleet.state().workers[0]?.sandbox ?? 'native';
      },
      slots: 0,
      slotsOfWorkspace: 0,
      hasTerminals: false,
      open: refuse,
      probe: refuse,
      cleanUp: async () => ({ containers: 0, workspaces: 0, builds: 0, bytes: 0 }),
      close: async () => {},
    },
    toolchains: createRemoteToolchains(fleet),
    reason: 'ROLE is api',
    docker: null,
  };
}

function createRemoteToolchains(fleet: Fleet): ToolchainCatalog {
  return {
    of: (languageId) => fleet.versionsOf(languageId).map((version) => remoteToolchain(languageId, version)),
    status: (languageId) => statusIn(fleet, languageId),
    problem: () => 'no worker has it',
    settled: async () => {},
    close: async () => {},
  };
}

/** Before any worker was there, nobody knows what they will have. */
function statusIn(fleet: Fleet, languageId: string): ToolchainStatus {
  const { workers, everOffered } = fleet.state();
  const isReady = workers.some(({ kinds }) => kinds.some((kind) => kind.startsWith(`${languageId} `)));
  if (isReady) return 'ready';
  const isExpected = everOffered.length === 0 || fleet.versionsOf(languageId).length > 0;
  return isExpected || workers.some(({ installing }) => installing.includes(languageId))
    ? 'installing'
    : 'missing';
}

/** Only its version is known here, and no more is needed to accept a task. */
function remoteToolchain(languageId: string, version: string): Toolchain {
  return {
    source: 'host',
    languageId,
    version,
    root: { fingerprint: '', mounts: [] },
    tools: {},
    prebuilt: '',
    prebuiltParts: [],
  };
}
