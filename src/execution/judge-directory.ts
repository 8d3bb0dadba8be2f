// The directory that a program of the problem writes to: put into its box before it runs, and brought back as an archive
// when it has ended. It knows nothing of what the files mean.

import { Readable } from 'node:stream';
import { extract } from 'tar-stream';
import type { BoxCommand } from '../sandbox/sandbox.ts';

/** Contents by paths relative to the directory. */
export type Files = ReadonlyMap<string, Uint8Array>;

const DIRECTORY = '/tmp/judge';
/** As programs get it in their arguments; some only append a file's name. */
export const FEEDBACK_DIRECTORY = `${DIRECTORY}/feedback/`;
/** Where an interactor writes what a checker judges. */
export const TOUT = `${DIRECTORY}/tout`;

const MAX_FILES = 256;
const MAX_DEPTH = 8;

const START = `d=${DIRECTORY}
mkdir "$d" "$d/feedback" || exit 125
if [ -d /code/.judge/feedback ]; then cp -R /code/.judge/feedback/. "$d/feedback" && chmod -R u+w "$d" || exit 125; fi`;
const ARCHIVE = 'tar --format=ustar -C "$d" -cf - .';

/**
 * Where the archive goes. The exit code is the program's; a signal becomes 128 and its number, as in every shell. Of a
 * program that talks over stdin and stdout, its stderr is kept in the directory, and its stdout is closed at its end.
 */
const SCRIPTS = {
  stdout: `${START}\n"$@" >/dev/null\ncode=$?\n${ARCHIVE} 2>/dev/null\nexit $code`,
  stderr: `${START}\n"$@" 2>"$d/stderr"\ncode=$?\nexec >&-\n${ARCHIVE} >&2 2>/dev/null\nexit $code`,
} as const;

/** The command within a script that provides the directory, from files of the run: it cannot start ahead of it. */
export function withDirectory(command: BoxCommand, archive: keyof typeof SCRIPTS): BoxCommand {
  return { ...command, hasGate: false, argv: ['/bin/sh', '-c', SCRIPTS[archive], 'sh', ...command.argv] };
}

/** The files of a run that hold what was in the feedback directory. */
export function feedbackFiles(feedback: Files): Record<string, Uint8Array> {
  return Object.fromEntries([...feedback].map(([path, content]) => [`feedback/${path}`, content]));
}

/** Of the files of the directory, those in the feedback directory. */
export function feedbackOf(files: Files): Files {
  const prefix = 'feedback/';
  const own = [...files].filter(([path]) => path.startsWith(prefix));
  return new Map(own.map(([path, content]) => [path.slice(prefix.length), content]));
}

/** `null` for what is no archive, or one of too many files. */
export async function readArchive(archive: Uint8Array): Promise<Files | null> {
  if (archive.length === 0) return null;
  const files = new Map<string, Uint8Array>();
  try {
    for await (const entry of Readable.from([Buffer.from(archive)]).pipe(extract())) {
      const chunks: Buffer[] = [];
      for await (const chunk of entry) chunks.push(chunk as Buffer);
      if (entry.header.type !== 'file') continue;
      const path = entry.header.name.replace(/^\.\//, '');
      if (!isPlain(path) || files.size === MAX_FILES) return null;
      files.set(path, Buffer.concat(chunks));
    }
    return files;
  } catch {
    return null;
  }
}

function isPlain(path: string): boolean {
  const parts = path.split('/');
  return parts.length <= MAX_DEPTH && parts.every((part) => !['', '.', '..'].includes(part));
}
