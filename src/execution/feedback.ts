// The feedback directory of the protocol `icpc`: put into the box before a program of the problem runs, and brought back
// as an archive on its stdout when it has ended.

import { Readable } from 'node:stream';
import { extract } from 'tar-stream';
import type { BoxCommand } from '../sandbox/sandbox.ts';

/** Contents by paths relative to the directory. */
export type Feedback = ReadonlyMap<string, Uint8Array>;

/** As programs are told it; some only append a file's name. */
export const FEEDBACK_DIRECTORY = '/tmp/feedback/';
const NAME = 'feedback';
const MAX_FILES = 256;
const MAX_DEPTH = 8;

/**
 * Starts the program with what was in the directory, its own stdout closed to nothing, and archives the directory. The
 * exit code is the program's; a signal becomes 128 and its number, as in every shell.
 */
const SCRIPT = `d=${FEEDBACK_DIRECTORY}
mkdir "$d" || exit 125
if [ -d /code/.judge/${NAME} ]; then cp -R /code/.judge/${NAME}/. "$d" && chmod -R u+w "$d" || exit 125; fi
"$@" >/dev/null
code=$?
cd "$d" && tar --format=ustar -cf - . 2>/dev/null
exit $code`;

/** The command within the script that provides the directory. */
export function withFeedback(command: BoxCommand): BoxCommand {
  return { ...command, argv: ['/bin/sh', '-c', SCRIPT, 'sh', ...command.argv] };
}

/** The files of a run that hold what was in the directory. */
export function feedbackFiles(feedback: Feedback): Record<string, Uint8Array> {
  return Object.fromEntries([...feedback].map(([path, content]) => [`${NAME}/${path}`, content]));
}

/** `null` for what is no archive, or one of too many files. */
export async function archivedFeedback(archive: Uint8Array): Promise<Feedback | null> {
  if (archive.length === 0) return null;
  const files = new Map<string, Uint8Array>();
  const parser = extract();
  try {
    for await (const entry of Readable.from([Buffer.from(archive)]).pipe(parser)) {
      const { name, type } = entry.header;
      const chunks: Buffer[] = [];
      for await (const chunk of entry) chunks.push(chunk as Buffer);
      if (type !== 'file') continue;
      const path = name.replace(/^\.\//, '');
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
