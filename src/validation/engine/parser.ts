// Loads the parsers, once a process.

import bash from '@ast-grep/lang-bash';
import c from '@ast-grep/lang-c';
import cpp from '@ast-grep/lang-cpp';
import go from '@ast-grep/lang-go';
import java from '@ast-grep/lang-java';
import lua from '@ast-grep/lang-lua';
import php from '@ast-grep/lang-php';
import python from '@ast-grep/lang-python';
import ruby from '@ast-grep/lang-ruby';
import rust from '@ast-grep/lang-rust';
import { parse as parseWith, registerDynamicLanguage } from '@ast-grep/napi';
import type { Parse } from './analyze.ts';

/** Those of JavaScript and TypeScript come with the library. */
const LANGUAGES = { bash, c, cpp, go, java, lua, php, python, ruby, rust };

let isLoaded = false;

export function loadParsers(): Parse {
  if (!isLoaded) registerDynamicLanguage(LANGUAGES);
  isLoaded = true;
  return (parser, source) => parseWith(parser, source).root();
}
