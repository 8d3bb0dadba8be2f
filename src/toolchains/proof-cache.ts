// Remembers between starts which toolchains were proven and which version each tool has, by fingerprints that change with
// the toolchain or tool. Losing it costs time, never correctness.

import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';

const MAX_ENTRIES = 500;

export interface ProofCache {
  readonly versions: Map<string, string>;
  readonly proofs: Set<string>;
  /** Never rejects. */
  save(): Promise<void>;
}

export async function loadProofCache(file: string): Promise<ProofCache> {
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
        await rm(temporary, { force: true }).catch(() => {}); // a full disk: the next start proves again
      }
    },
  };
}

function parse(text: string): { versions?: Record<string, string>; proofs?: string[] } {
  try {
    return JSON.parse(text);
  } catch {
    return {}; // cut short by a full disk: prove again
  }
}
