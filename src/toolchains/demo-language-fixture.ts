// A language for tests: shell scripts, run by bash, with a part that is a file.

import type { Language, PrebuildStep } from '../languages/language.ts';
import type { Installer } from './install-set.ts';
import type { Toolchain } from './toolchain.ts';

export function demoPart(name: string, script: string, essential: boolean): PrebuildStep {
  return {
    part: name,
    essential,
    commands: (_tools, directory) => [
      { argv: ['/bin/bash', '-c', script, 'bash', directory], environment: { PATH: '/usr/bin:/bin' } },
    ],
  };
}

export function demoLanguage(id: string, prebuild?: PrebuildStep): Language {
  const example = { code: 'echo hello', stdin: '', expectedOutput: 'hello\n' };
  return {
    id,
    name: id,
    aliases: [],
    fileExtension: '.sh',
    memoryAllowanceMb: 0,
    tools: [
      {
        name: 'bash',
        hostNames: ['bash'],
        debianPath: '/usr/bin/bash',
        versionArguments: ['--version'],
        versionPattern: /version (\d+\.\d+\.\d+)/,
        minimumVersion: '0',
      },
    ],
    debianPackages: ['bash'],
    versionTool: 'bash',
    ...(prebuild ? { prebuild } : {}),
    sourceFile: () => 'main.sh',
    run: ({ tools }) => ({
      argv: [tools.bash ?? '', '/code/main.sh'],
      environment: { PATH: '/usr/bin:/bin' },
    }),
    examples: { hello: example, sum: example },
  };
}

export interface RecordingInstaller extends Installer {
  /** Every toolchain that was offered, in order. */
  readonly offered: Toolchain[];
  /** Languages that were proven, in order. */
  readonly proven: string[];
  readonly messages: string[];
}

/** An installer that records its calls; `refuse` names a language whose proof fails. */
export function recordingInstaller(
  lockFile: string,
  { refuse, signal = new AbortController().signal }: { refuse?: string; signal?: AbortSignal } = {},
): RecordingInstaller {
  const [offered, proven, messages]: [Toolchain[], string[], string[]] = [[], [], []];
  return {
    ...{ offered, proven, messages, lockFile, signal },
    proofCache: { versions: new Map(), proofs: new Set(), save: async () => {} },
    log: (message) => void messages.push(message),
    offer: (toolchain) => offered.push(toolchain),
    prove: async ({ id }) => {
      if (id === refuse) throw new Error(`${id} does not work`);
      proven.push(id);
    },
  };
}
