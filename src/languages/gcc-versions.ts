// The versions of GCC beside the usual one. C and C++ of one version share their packages, and so a root.

import type { InstalledTool, Language } from './language.ts';

/** `usual` is `gcc` or `g++`, as Debian installs it with its version behind the name. */
export function gccVersions(usual: InstalledTool): NonNullable<Language['versions']> {
  const version = (number: string, debianMegabytes: number) => ({
    tools: [
      { ...usual, hostNames: [], debianPath: `/usr/bin/${usual.name}-${number}`, minimumVersion: number },
    ],
    debianPackages: [`gcc-${number}`, `g++-${number}`, 'libc6-dev'],
    debianMegabytes,
  });
  const newer = (number: string, debianMegabytes: number) => ({
    ...version(number, debianMegabytes),
    debianRelease: 'trixie' as const,
  });
  return { 12: version('12', 351), 13: newer('13', 304), 14: newer('14', 319) };
}
