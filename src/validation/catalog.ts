// The languages whose code is looked at: the grammar and the rules of each.

import { type LanguageAnalysis, prepareLanguage } from './analyze.ts';
import { c, cpp } from './grammars/c-family.ts';
import { java } from './grammars/java.ts';
import { javascript, typescript } from './grammars/javascript.ts';
import { python } from './grammars/python.ts';
import { c as cRules } from './rules/c.ts';
import { cpp as cppRules } from './rules/cpp.ts';
import { java as javaRules } from './rules/java.ts';
import { javascript as javascriptRules } from './rules/javascript.ts';
import { python as pythonRules } from './rules/python.ts';
import { typescript as typescriptRules } from './rules/typescript.ts';

export const ANALYSES: Readonly<Record<string, LanguageAnalysis>> = {
  python: prepareLanguage(python, pythonRules),
  javascript: prepareLanguage(javascript, javascriptRules),
  c: prepareLanguage(c, cRules),
  cpp: prepareLanguage(cpp, cppRules),
  java: prepareLanguage(java, javaRules),
  typescript: prepareLanguage(typescript, typescriptRules),
};
