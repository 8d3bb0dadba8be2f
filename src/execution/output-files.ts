// Files that a program left in its work directory and a request asked for: archived behind the program's own stdout by a
// shell around it, and taken apart again. What the shell changes in how the end looks is undone.

import { constants } from 'node:os';
import { Readable } from 'node:stream';
import { extract } from 'tar-stream';
import { createGlob } from '../glob.ts';
import { OUTPUT_FILES } from '../limits.ts';
import type { BoxCommand, BoxLimits, BoxOutcome } from '../sandbox/sandbox.ts';
import { KIB } from '../units.ts';
import { mimeTypeOf } from './mime-types.ts';

export interface OutputFile {
  readonly path: string;
  readonly content: string;
  readonly encoding: 'base64';
  readonly mime_type: string;
}

export interface Harvest {
  readonly patterns: readonly string[];
  /** Stands between the program's stdout and the archive; the program cannot know it before it runs. */
  readonly marker: string;
}

const ARCHIVE_BYTES = OUTPUT_FILES.archiveBytes;

/** The command that also brings back what matches. The signs of patterns mean nothing between single quotes. */
export function harvesting(command: BoxCommand, { patterns, marker }: Harvest): BoxCommand {
  // In a search `*` passes over directories too: it finds more than the pattern, which decides later.
  const search = patterns.map((pattern) => `-path './${pattern.replaceAll('**/', '*')}'`).join(' -o ');
  const find = `find . -type f -size -${OUTPUT_FILES.fileBytes / KIB + 1}k \\( ${search} \\) -print0`;
  const script = `"$@"
code=$?
printf %s ${marker}
cd /box/work && ${find} 2>/dev/null | sort -z | head -z -n ${OUTPUT_FILES.files} |
  tar --null -T - --format=ustar -cf - 2>/dev/null | head -c ${ARCHIVE_BYTES}
exit $code`;
  // The marker is new in each run, so that none could have started ahead.
  return { ...command, hasGate: false, argv: ['/bin/sh', '-c', script, 'sh', ...command.argv] };
}

/** Room for the archive beside what the program may write. */
export function harvestLimits(limits: BoxLimits): BoxLimits {
  return { ...limits, outputBytes: limits.outputBytes + ARCHIVE_BYTES + KIB };
}

/** The outcome of the program itself, and the files that match. */
export async function harvested(
  outcome: BoxOutcome,
  { patterns, marker }: Harvest,
  { outputBytes }: BoxLimits,
): Promise<{ outcome: BoxOutcome; files: readonly OutputFile[] }> {
  const stdout = Buffer.from(outcome.stdout);
  const end = stdout.lastIndexOf(marker);
  const written = end === -1 ? stdout : stdout.subarray(0, end);
  const isOver = written.length > outputBytes || outcome.stderr.length > outputBytes;
  const own: BoxOutcome = {
    ...outcome,
    ...endOf(outcome),
    stdout: written.subarray(0, outputBytes),
    stderr: outcome.stderr.subarray(0, outputBytes),
    stdoutTruncated: written.length > outputBytes,
    stderrTruncated: outcome.stderr.length > outputBytes || outcome.stderrTruncated,
  };
  const files = end === -1 || isOver ? [] : await filesIn(stdout.subarray(end + marker.length), patterns);
  return { outcome: own, files };
}

/** A shell says 128 and the number of a signal. */
function endOf({ exitCode, signal }: BoxOutcome) {
  const names = Object.entries(constants.signals);
  const name = exitCode === null ? undefined : names.find(([, number]) => number === exitCode - 128)?.[0];
  if (name === undefined) return { exitCode, signal };
  return { exitCode: null, signal: name, forbiddenSystemCall: name === 'SIGSYS' };
}

async function filesIn(archive: Uint8Array, patterns: readonly string[]): Promise<readonly OutputFile[]> {
  const globs = patterns.map(createGlob);
  const files: OutputFile[] = [];
  let bytes = 0;
  try {
    for await (const entry of Readable.from([archive]).pipe(extract())) {
      const chunks: Buffer[] = [];
      for await (const chunk of entry) chunks.push(chunk as Buffer);
      const content = Buffer.concat(chunks);
      const path = entry.header.name.replace(/^\.\//, '');
      if (entry.header.type !== 'file' || !globs.some((matches) => matches(path))) continue;
      bytes += content.length;
      if (files.length === OUTPUT_FILES.files || bytes > OUTPUT_FILES.bytes) break;
      files.push({
        path,
        content: content.toString('base64'),
        encoding: 'base64',
        mime_type: mimeTypeOf(path),
      });
    }
  } catch {
    // An archive that was cut or written by somebody else: what came before counts.
  }
  return files;
}
