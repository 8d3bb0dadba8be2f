// Highlighting and indenting of a file, by the ending of its name. Each language is loaded when it is first needed.

import { type LanguageSupport, StreamLanguage } from '@codemirror/language';
import type { Extension } from '@codemirror/state';

type Load = () => Promise<LanguageSupport | Extension>;

const javascript = async (options: { typescript?: boolean; jsx?: boolean }) =>
  (await import('@codemirror/lang-javascript')).javascript(options);
const cpp: Load = async () => (await import('@codemirror/lang-cpp')).cpp();

const BY_ENDING: Readonly<Record<string, Load>> = {
  py: async () => (await import('@codemirror/lang-python')).python(),
  java: async () => (await import('@codemirror/lang-java')).java(),
  go: async () => (await import('@codemirror/lang-go')).go(),
  rs: async () => (await import('@codemirror/lang-rust')).rust(),
  c: cpp,
  h: cpp,
  cc: cpp,
  cpp,
  hpp: cpp,
  js: () => javascript({}),
  mjs: () => javascript({}),
  cjs: () => javascript({}),
  ts: () => javascript({ typescript: true }),
  mts: () => javascript({ typescript: true }),
  sh: async () => StreamLanguage.define((await import('@codemirror/legacy-modes/mode/shell')).shell),
};

/** Nothing for an ending that is not known, or if loading fails: the text can be edited all the same. */
export async function languageFor(path: string): Promise<Extension> {
  const ending = path.slice(path.lastIndexOf('.') + 1).toLowerCase();
  try {
    return (await BY_ENDING[ending]?.()) ?? [];
  } catch {
    return [];
  }
}
