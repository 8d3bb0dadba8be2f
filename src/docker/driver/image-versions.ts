// Reads the versions that an image's tools printed when it was built, by a program in a container of it.

import { type ImageRoot, type Sandbox, SandboxError } from '../../sandbox/sandbox.ts';
import { PROBE_LIMITS } from '../../sandbox/self-test.ts';
import { MIB } from '../../units.ts';
import { VERSIONS_DIRECTORY } from '../image-layout.ts';

const LIMITS = { ...PROBE_LIMITS, wallTimeMs: 20_000, outputBytes: MIB };

/** By the name of the tool. Throws a `SandboxError` if the image does not report them. */
export async function readVersions(
  sandbox: Sandbox,
  root: ImageRoot,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, string>> {
  await using workspace = await sandbox.open(root, []);
  const command = { argv: ['/usr/bin/grep', '-r', '', VERSIONS_DIRECTORY], environment: { LC_ALL: 'C' } };
  const outcome = await workspace.run(command, new Uint8Array(), LIMITS, signal);
  if (outcome.exitCode !== 0)
    throw new SandboxError('the image does not report the versions of its tools', { retryable: false });
  const versions = new Map<string, string>();
  for (const line of Buffer.from(outcome.stdout).toString().split('\n')) {
    const [path = '', ...said] = line.split(':');
    const tool = path.slice(VERSIONS_DIRECTORY.length + 1);
    if (tool !== '') versions.set(tool, `${versions.get(tool) ?? ''}${said.join(':')}\n`);
  }
  return versions;
}
