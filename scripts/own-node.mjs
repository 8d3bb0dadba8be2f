// Finds the Node that runs the service: the one that npm installs with it, in its own package, else the one that runs
// this. Never through `node_modules/.bin/node`: npm 10 removes that link together with the package of the other
// architecture. Plain JavaScript, since any Node that a machine has may read it.

import { accessSync, constants } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const PROJECT = resolve(fileURLToPath(import.meta.url), '../..');
/** Runs TypeScript as it is, and has SQLite. */
export const NODE_MAJOR = 24;
/** Architectures for which npm installs a Node: the optional dependencies `node-linux-…` of package.json. */
const PACKAGED = ['x64', 'arm64'];

export function majorOf(version) {
  return Number.parseInt(version, 10);
}

/** The path of a Node that can run the service. Throws an Error that says how to get one. */
export function findNode(project = PROJECT, running = process) {
  const packaged = join(project, 'node_modules', `node-${running.platform}-${running.arch}`, 'bin/node');
  if (isExecutable(packaged)) return packaged;
  if (majorOf(running.versions.node) >= NODE_MAJOR) return running.execPath;
  throw new Error(
    `Node ${NODE_MAJOR} is needed, this is ${running.versions.node}, ${wayOut(packaged, running)}`,
  );
}

function wayOut(packaged, { platform, arch }) {
  const install = `install Node ${NODE_MAJOR} or newer (https://nodejs.org)`;
  if (platform !== 'linux' || !PACKAGED.includes(arch))
    return `and for ${platform} on ${arch} npm brings none: ${install}`;
  return `and ${packaged} is missing: run "npm ci --include=optional", or ${install}`;
}

function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
