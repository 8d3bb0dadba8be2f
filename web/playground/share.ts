// Links that carry the whole program in their fragment, which browsers do not send: nothing is stored anywhere. The
// number before the dot is the version of the format; old ones stay readable.

import type { CheckerChoice } from '../../src/api/checker-choice.ts';
import { type Draft, type DraftGroup, type DraftTest, type Interactor, NO_LIMITS } from './draft.ts';

const PREFIX = '#1.';
const MAX_INFLATED_BYTES = 1024 * 1024;
/** Longer links are cut by some chats. */
export const LONG_LINK = 8000;

interface SharedDraft {
  readonly l: string;
  readonly v?: string;
  readonly f: readonly (readonly [string, string])[];
  readonly i?: string;
  readonly a?: string;
  readonly t?: readonly (readonly [string, string | null, number?, string?])[];
  readonly c?: CheckerChoice;
  readonly m?: Readonly<Record<string, number>>;
  readonly n?: Interactor;
  readonly g?: readonly DraftGroup[];
}

/** What is wrong with a link, in words for people. */
export class LinkError extends Error {}

/** Hidden tests are left out unless `withHidden`. */
export async function fragmentOf(draft: Draft, { withHidden = false } = {}): Promise<string> {
  const tests = draft.tests.filter(({ isHidden }) => withHidden || !isHidden);
  const limits = Object.entries(draft.limits).filter(([, text]) => text !== '');
  const shared: SharedDraft = {
    l: draft.language,
    ...(draft.version && { v: draft.version }),
    f: draft.files.map(({ path, content }) => [path, content] as const),
    ...(draft.stdin && { i: draft.stdin }),
    ...(draft.args && { a: draft.args }),
    ...(tests.length > 0 && { t: tests.map(sharedTest) }),
    ...(draft.checker.type !== 'trim' && { c: draft.checker }),
    ...(draft.interactor && { n: draft.interactor }),
    ...(draft.groups && { g: draft.groups }),
    ...(limits.length > 0 && { m: Object.fromEntries(limits.map(([name, text]) => [name, Number(text)])) }),
  };
  return PREFIX + toBase64Url(await deflate(JSON.stringify(shared)));
}

function sharedTest({ input, expected, weight, group }: Omit<DraftTest, 'id'>) {
  if (group) return [input, expected, weight, group] as const;
  return weight === 1 ? ([input, expected] as const) : ([input, expected, weight] as const);
}

/** `null` if the fragment is none of a link. Throws a `LinkError` if it is damaged. */
export async function draftOfFragment(fragment: string): Promise<Draft | null> {
  if (!/^#\d+\./.test(fragment)) return null;
  if (!fragment.startsWith(PREFIX)) throw new LinkError('This link was made by a newer version.');
  try {
    return draftOf(JSON.parse(await inflate(fromBase64Url(fragment.slice(PREFIX.length)))) as SharedDraft);
  } catch (error) {
    if (error instanceof LinkError) throw error;
    throw new LinkError('This link is damaged, perhaps cut off.');
  }
}

function draftOf({
  l,
  v = '',
  f,
  i = '',
  a = '',
  t = [],
  c = { type: 'trim' },
  m = {},
  n,
  g,
}: SharedDraft): Draft {
  const isRight =
    typeof l === 'string' &&
    f.length > 0 &&
    f.every((file) => file.every((part) => typeof part === 'string')) &&
    t.every(
      ([input, expected]) => typeof input === 'string' && (expected === null || typeof expected === 'string'),
    );
  if (!isRight) throw new LinkError('This link is damaged.');
  const limits = Object.entries(m).map(([name, value]) => [name, String(Number(value))]);
  return {
    language: l,
    version: String(v),
    files: f.map(([path, content]) => ({ path, content })),
    stdin: String(i),
    args: String(a),
    tests: t.map(([input, expected, weight = 1, group]) => ({
      name: '',
      input,
      expected,
      isHidden: false,
      weight: Number(weight),
      ...(group && { group: String(group) }),
    })),
    checker: c,
    limits: { ...NO_LIMITS, ...Object.fromEntries(limits) },
    stopOnFailure: false,
    ...(n && { interactor: n }),
    ...(g && { groups: g }),
  };
}

async function deflate(text: string): Promise<Uint8Array> {
  const stream = new Blob([text]).stream().pipeThrough(new CompressionStream('deflate-raw'));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

async function inflate(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const reader = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('deflate-raw')).getReader();
  const parts: Uint8Array<ArrayBuffer>[] = [];
  for (let size = 0; ; ) {
    const { value, done } = await reader.read();
    if (done) return new Blob(parts).text();
    size += value.byteLength;
    if (size > MAX_INFLATED_BYTES) throw new LinkError('This link contains more than 1 MB.');
    parts.push(value as Uint8Array<ArrayBuffer>);
  }
}

function toBase64Url(bytes: Uint8Array): string {
  const binary = Array.from(bytes, (byte) => String.fromCharCode(byte)).join('');
  return btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
}

function fromBase64Url(text: string): Uint8Array<ArrayBuffer> {
  const binary = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
  return Uint8Array.from(binary, (character) => character.charCodeAt(0));
}
