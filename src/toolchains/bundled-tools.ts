// Makes tools that come as npm packages of this service visible in boxes: copies their packages, and nothing else of
// `node_modules`, into a directory of their own. The service itself may live in a home; the copy does not.

import { cp, mkdir, mkdtemp, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { BundledTool } from '../languages/language.ts';
import { fingerprint } from './fingerprint.ts';
import { makeReadable } from './run-command.ts';

export interface BundledCopy {
  readonly version: string;
  readonly boxPath: string;
  readonly directory: { readonly source: string; readonly target: string };
  readonly identity: string;
}

/** Copies the tool's packages under `store`, once for each of their versions. */
export async function copyBundledTool(tool: BundledTool, store: string): Promise<BundledCopy> {
  const packages = await Promise.all(tool.packages.map(findPackage));
  const identity = fingerprint(
    tool.name,
    packages.map(({ name, version }) => [name, version]),
  );
  const source = join(store, `${tool.directory ?? tool.name}-${identity}`);
  if (!(await exists(source))) await copyPackages(packages, source);
  const target = bundledToolDirectory(tool);
  return {
    version: packages[0]?.version ?? '0',
    boxPath: `${target}/node_modules/${tool.packages[0]}/${tool.path}`,
    directory: { source, target },
    identity,
  };
}

/** Where a box sees the directory of a bundled tool. */
export function bundledToolDirectory({ name, directory = name }: BundledTool): string {
  return `/opt/${directory}`;
}

interface NpmPackage {
  readonly name: string;
  readonly version: string;
  readonly path: string;
}

/** Looks through the `node_modules` directories above this file, as Node.js does. */
export async function findPackage(name: string): Promise<NpmPackage> {
  let directory = dirname(fileURLToPath(import.meta.url));
  for (;;) {
    const path = join(directory, 'node_modules', name);
    const description = await readFile(join(path, 'package.json'), 'utf8').catch(() => null);
    if (description !== null) return { name, version: String(JSON.parse(description).version), path };
    if (directory === dirname(directory)) throw new Error(`npm package ${name} is not installed`);
    directory = dirname(directory);
  }
}

async function copyPackages(packages: readonly NpmPackage[], destination: string): Promise<void> {
  await mkdir(dirname(destination), { recursive: true });
  const temporary = await mkdtemp(join(dirname(destination), '.copying-'));
  try {
    for (const { name, path } of packages) {
      await cp(path, join(temporary, 'node_modules', name), { recursive: true, dereference: true });
    }
    await makeReadable(temporary);
    await rename(temporary, destination).catch(async (error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error; // another process was faster
    });
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null)) !== null;
}
