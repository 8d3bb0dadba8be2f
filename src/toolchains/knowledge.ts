// What was found out before and need not be found out again: versions of tools and proofs that a toolchain works, both
// by fingerprints that change with what they tell about. Losing it costs time, never correctness.

import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';

const MAX_ENTRIES = 500;

export interface Knowledge {
  readonly versions: Map<string, string>;
  readonly proofs: Set<string>;
  /** Never rejects. */
  save(): Promise<void>;
}

export async function loadKnowledge(file: string): Promise<Knowledge> {
  const text = await readFile(file, 'utf8').catch(() => '{}');
  const stored = parse(text);
  const versions = new Map<string, string>(Object.entries(stored.versions ?? {}));
  const proofs = new Set<string>(stored.proofs ?? []);
  return {
    versions,
    proofs,
    save: async () => {
      const temporary = `${file}.${process.pid}`;
      const content = {
        versions: Object.fromEntries([...versions].slice(-MAX_ENTRIES)),
        proofs: [...proofs].slice(-MAX_ENTRIES),
      };
      try {
        await mkdir(dirname(file), { recursive: true });
        await writeFile(temporary, JSON.stringify(content));
        await rename(temporary, file);
      } catch {
        await rm(temporary, { force: true }).catch(() => {}); // a full disk: found out again by the next start
      }
    },
  };
}

function parse(text: string): { versions?: Record<string, string>; proofs?: string[] } {
  try {
    return JSON.parse(text);
  } catch {
    return {}; // cut short by a full disk: found out again
  }
}
