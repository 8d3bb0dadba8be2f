// The files of a request, the main source first: their names, their contents, and the rules for both.

import { isUtf8 } from 'node:buffer';
import { isBase64 } from '../api/text-encoding.ts';
import type { FieldReason } from '../errors.ts';
import type { Language } from '../languages/language.ts';
import { isSource, normalizedSource } from '../languages/source-text.ts';
import { REQUEST_SIZES } from '../limits.ts';
import { reason, rejectIfAny, rejection, shown } from './field-reason.ts';
import type { FileAtHand, ResolvedRequest } from './resolved-request.ts';
import { brokenUnicode, nulCharacter, rejectLongCode } from './validate-texts.ts';

export interface SourceFile {
  readonly path: string;
  readonly content: Buffer;
}

type SourceLanguage = Pick<Language, 'sourceFile' | 'fileExtension' | 'sourceExtensions' | 'sourceNames'>;

/** Resolves the names: without `code`, the first file is the main source. Throws `invalid_request` or `too_large`. */
export function sourceFilesOf(
  request: Pick<ResolvedRequest, 'code' | 'files' | 'entry'>,
  language: SourceLanguage,
  maxCodeLength: number,
): readonly SourceFile[] {
  const submitted = request.files ?? [];
  rejectIfAny(
    submitted.flatMap((file, index) => [...pathReasons(file, index), ...contentReasons(file, index)]),
  );
  const files = submitted.map((file, index) => {
    const content = Buffer.from(file.content, file.encoding ?? 'utf8');
    const isMain = index === 0 && request.code === undefined;
    const isCode = isMain || isSource(language, file.path, content);
    return { path: file.path, content: isCode ? normalizedSource(content) : content };
  });
  const code = request.code;
  const main = code === undefined ? [] : [mainSource(code, language)];
  rejectIfAny([...main.flatMap(mainPathReasons), ...sizeReasons(files), ...clashes(files, main[0]?.path)]);
  if (code === undefined && files[0] !== undefined) checkMainFile(files[0], maxCodeLength);
  return startingWith(request.entry, [...main, ...files], maxCodeLength);
}

/** The file that is started comes first. */
function startingWith(
  entry: string | undefined,
  files: readonly SourceFile[],
  maxCodeLength: number,
): readonly SourceFile[] {
  const first = files.find(({ path }) => path === entry);
  if (entry === undefined) return files;
  if (first === undefined) {
    const paths = files.map(({ path }) => shown(path)).join(', ');
    throw rejection('invalid_request', [
      reason('entry', `must be the path of a file, one of ${paths}, got ${shown(entry)}`),
    ]);
  }
  checkMainFile(first, maxCodeLength, 'entry');
  return [first, ...files.filter((file) => file !== first)];
}

function mainSource(code: string, language: SourceLanguage): SourceFile {
  const content = normalizedSource(Buffer.from(code, 'utf8'));
  return { path: language.sourceFile(content.toString('utf8')), content };
}

function pathReasons({ path }: FileAtHand, index: number): FieldReason[] {
  const rule = brokenPathRule(path);
  return rule === null ? [] : [reason(`files[${index}].path`, `must ${rule}, got ${shown(path)}`)];
}

/** The main file's path may be the code's choice, as a Java package is. */
function mainPathReasons({ path }: SourceFile): FieldReason[] {
  const rule = brokenPathRule(path);
  return rule === null ? [] : [reason('code', `must ${rule} in the path of its file, got ${shown(path)}`)];
}

/** What a path must be and is not. Each rule keeps a name from meaning something else to a tool or to the kernel. */
function brokenPathRule(path: string): string | null {
  const segments = path.split('/');
  const isLong = segments.some((segment) => Buffer.byteLength(segment) > REQUEST_SIZES.fileNameBytes);
  if (path.startsWith('/')) return 'be relative';
  if (path.startsWith('-')) return 'not begin with "-"';
  if (!path.isWellFormed() || /\p{Cc}/u.test(path)) return 'not contain control characters';
  if (/\p{Bidi_Control}/u.test(path)) return 'not contain characters that reorder what is shown';
  if (path.includes('\\')) return 'not contain "\\"';
  if (segments.includes('..') || segments.includes('.')) return 'not contain "." or ".." as a part';
  if (segments.includes('')) return 'name a file, without empty parts';
  if (segments.length > REQUEST_SIZES.pathParts) return `have at most ${REQUEST_SIZES.pathParts} parts`;
  return isLong ? `have at most ${REQUEST_SIZES.fileNameBytes} bytes in each part` : null;
}

function contentReasons({ content, encoding }: FileAtHand, index: number): FieldReason[] {
  const path = `files[${index}].content`;
  if (encoding !== 'base64') return brokenUnicode({ path, text: content });
  return isBase64(content) ? [] : [reason(path, `must be Base64 with padding, got ${shown(content)}`)];
}

function sizeReasons(files: readonly SourceFile[]): FieldReason[] {
  const bytes = files.reduce((sum, { content }) => sum + content.length, 0);
  if (bytes <= REQUEST_SIZES.filesBytes) return [];
  return [reason('files', `must have at most ${REQUEST_SIZES.filesBytes} bytes together, got ${bytes}`)];
}

/** Two files of one name, or a name that is a directory of another. */
function clashes(files: readonly SourceFile[], mainPath: string | undefined): FieldReason[] {
  const taken = new Set(mainPath === undefined ? [] : [mainPath]);
  const directories = new Set<string>();
  return files.flatMap(({ path }, index) => {
    const parents = parentsOf(path);
    const isTaken = taken.has(path) || directories.has(path) || parents.some((parent) => taken.has(parent));
    taken.add(path);
    for (const parent of parents) directories.add(parent);
    if (!isTaken) return [];
    const other = path === mainPath ? 'the main source file' : 'another file';
    return [reason(`files[${index}].path`, `must not clash with ${other}, got ${shown(path)}`)];
  });
}

/** `a/b/c` has the parents `a` and `a/b`. */
function parentsOf(path: string): string[] {
  const segments = path.split('/');
  return segments.slice(1).map((_segment, index) => segments.slice(0, index + 1).join('/'));
}

function checkMainFile({ content }: SourceFile, maxCodeLength: number, path = 'files[0].content'): void {
  if (!isUtf8(content)) rejectIfAny([reason(path, 'must be UTF-8 text, as it is the main source')]);
  const text = content.toString('utf8');
  rejectIfAny(
    text === ''
      ? [reason(path, 'must not be empty, as it is the main source')]
      : nulCharacter({ path, text }),
  );
  rejectLongCode(path, text, maxCodeLength);
}
