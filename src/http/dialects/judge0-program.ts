// What a submission to Judge0 brings beside its source: further files in an archive, and the programs of language 89,
// which consist of such files alone and are compiled and run by their own scripts.

import type { SubmittedFile } from '../../api/request-fields.ts';
import { REQUEST_SIZES } from '../../limits.ts';
import { filesInZip, ZipFault } from '../../zip-files.ts';

/** Judge0's number for programs of several files. */
export const MULTI_FILE = 89;
/** One place is for the source. */
const BOUNDS = { files: REQUEST_SIZES.files - 1, bytes: REQUEST_SIZES.filesBytes };
const RUN_SCRIPTS = ['run', 'run.sh'];

/** Begins stderr if the script that compiles has failed. */
const COMPILE_FAILED = 'The compile script failed\n';

/** Files are read-only for a program, but not for the scripts of language 89: they work on copies. */
export const MULTI_FILE_ENTRY: SubmittedFile = {
  path: '.multi-file-program.sh',
  content: `shopt -s dotglob
rm -f -- *
cp -r /code/. .
chmod -R u+w .
rm -f .multi-file-program.sh
for script in compile compile.sh; do
  if [ -f "$script" ]; then
    if ! bash "./$script" </dev/null >"$TMPDIR/compile-output" 2>&1; then
      printf '${COMPILE_FAILED.trimEnd()}\\n' >&2
      cat "$TMPDIR/compile-output" >&2
      exit 1
    fi
    break
  fi
done
for script in run run.sh; do
  [ -f "$script" ] && exec bash "./$script" "$@"
done
`,
};

/** What the compile script wrote, if it failed; `null` otherwise. */
export function failedCompile(stderr: Buffer | null): Buffer | null {
  if (!stderr?.subarray(0, COMPILE_FAILED.length).equals(Buffer.from(COMPILE_FAILED))) return null;
  return stderr.subarray(COMPILE_FAILED.length);
}

/** The files of the archive, or a reason to reject it. */
export async function additionalFiles(
  archive: string | null,
  isMultiFile: boolean,
): Promise<{ readonly files: readonly SubmittedFile[] } | { readonly reason: string }> {
  if (archive === null) return isMultiFile ? { reason: "can't be blank" } : { files: [] };
  try {
    const unpacked = await filesInZip(Buffer.from(archive, 'base64'), BOUNDS);
    if (isMultiFile && !unpacked.some(({ path }) => RUN_SCRIPTS.includes(path))) {
      return { reason: `must have ${RUN_SCRIPTS.join(' or ')}` };
    }
    const files = unpacked.map(({ path, content }) => ({
      path,
      content: content.toString('base64'),
      encoding: 'base64' as const,
    }));
    return { files };
  } catch (error) {
    if (error instanceof ZipFault) return { reason: error.message };
    throw error;
  }
}
