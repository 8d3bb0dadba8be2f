// What editors leave in a source and no program means: a byte order mark at the beginning, and the line ends of Windows.
// Data is not touched, whatever it looks like.

import { extname } from 'node:path/posix';
import type { Language } from './language.ts';

const BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf]);
const [LINE_FEED, CARRIAGE_RETURN] = [0x0a, 0x0d];

/** Whether the language's tools read the file as code: by its name, or as a script by its first line. */
export function isSource(
  { fileExtension, sourceExtensions = [], sourceNames = [] }: SourceRules,
  path: string,
  content: Buffer,
): boolean {
  const name = path.split('/').at(-1) ?? '';
  const extension = extname(name);
  if (extension === '')
    return sourceNames.includes(name) || withoutMark(content).subarray(0, 2).equals(SHEBANG);
  return [fileExtension, ...sourceExtensions].includes(extension) || sourceNames.includes(name);
}

type SourceRules = Pick<Language, 'fileExtension' | 'sourceExtensions' | 'sourceNames'>;
const SHEBANG = Buffer.from('#!');

/** The source without a mark, its lines ended by LF. Bytes that are no text, as UTF-16 is none here, stay as they are. */
export function normalizedSource(content: Buffer): Buffer {
  if (content.includes(0)) return content;
  const text = withoutMark(content);
  return text.includes('\r\n') ? withLineFeeds(text) : text;
}

function withoutMark(content: Buffer): Buffer {
  return content.subarray(0, BYTE_ORDER_MARK.length).equals(BYTE_ORDER_MARK)
    ? content.subarray(BYTE_ORDER_MARK.length)
    : content;
}

function withLineFeeds(text: Buffer): Buffer {
  const kept = Buffer.alloc(text.length);
  let length = 0;
  for (let index = 0; index < text.length; index++) {
    if (text[index] === CARRIAGE_RETURN && text[index + 1] === LINE_FEED) continue;
    kept[length++] = text[index] ?? 0;
  }
  return kept.subarray(0, length);
}
