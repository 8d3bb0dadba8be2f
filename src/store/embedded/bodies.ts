// Large texts of the store as files beside its database: short ones are in a row. A file is on the disk, name and all,
// before the row that names it.

import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';

/** A longer text is a file. */
const MAX_ROW_BYTES = 100_000;

/** A text in a row: itself, or the name of its file. */
interface Body {
  readonly body: string | null;
  readonly file: string | null;
  readonly bytes: number;
}

export interface Bodies {
  /** `name` is unique for the text. */
  write(name: string, text: string): Body;
  read(body: Pick<Body, 'body' | 'file'>): string;
  /** One that is not there is none. */
  remove(file: string): void;
  /** Removes all but these: what a crash left behind. */
  keepOnly(files: ReadonlySet<string>): void;
}

export function openBodies(directory: string): Bodies {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const pathOf = (file: string) => join(directory, file);
  return {
    write: (name, text) => {
      const bytes = Buffer.byteLength(text);
      if (bytes <= MAX_ROW_BYTES) return { body: text, file: null, bytes };
      writeFile(pathOf(`${name}.part`), text);
      renameSync(pathOf(`${name}.part`), pathOf(name));
      flushDirectory(directory);
      return { body: null, file: name, bytes };
    },
    read: ({ body, file }) => (file === null ? (body ?? '') : readFileSync(pathOf(file), 'utf8')),
    remove: (file) => rmSync(pathOf(file), { force: true }),
    keepOnly: (files) => {
      for (const file of readdirSync(directory)) if (!files.has(file)) rmSync(pathOf(file));
    },
  };
}

function writeFile(path: string, text: string): void {
  const descriptor = openSync(path, 'w', 0o600);
  try {
    const bytes = Buffer.from(text, 'utf8');
    for (let written = 0; written < bytes.length; ) written += writeSync(descriptor, bytes, written);
    fsyncSync(descriptor);
  } catch (error) {
    rmSync(path, { force: true });
    throw error;
  } finally {
    closeSync(descriptor);
  }
}

function flushDirectory(directory: string): void {
  const descriptor = openSync(directory, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
