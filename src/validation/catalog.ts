// The languages whose code is looked at: the grammar and the rules of each.

import { type LanguageAnalysis, prepareLanguage } from './analyze.ts';
import { bash } from './grammars/bash.ts';
import { c, cpp } from './grammars/c-family.ts';
import { go } from './grammars/go.ts';
import { java } from './grammars/java.ts';
import { javascript, typescript } from './grammars/javascript.ts';
import { python } from './grammars/python.ts';
import { rust } from './grammars/rust.ts';
import { bash as bashRules } from './rules/bash.ts';
import { c as cRules } from './rules/c.ts';
import { cpp as cppRules } from './rules/cpp.ts';
import { go as goRules } from './rules/go.ts';
import { java as javaRules } from './rules/java.ts';
import { javascript as javascriptRules } from './rules/javascript.ts';
import { python as pythonRules } from './rules/python.ts';
import { rust as rustRules } from './rules/rust.ts';
import { typescript as typescriptRules } from './rules/typescript.ts';

export const ANALYSES: Readonly<Record<string, LanguageAnalysis>> = {
  python: prepareLanguage(python, pythonRules),
  javascript: prepareLanguage(javascript, javascriptRules),
  c: prepareLanguage(c, cRules),
  cpp: prepareLanguage(cpp, cppRules),
  bash: prepareLanguage(bash, bashRules),
  go: prepareLanguage(go, goRules),
  rust: prepareLanguage(rust, rustRules),
  java: prepareLanguage(java, javaRules),
  typescript: prepareLanguage(typescript, typescriptRules),
};
