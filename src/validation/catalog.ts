// The languages whose code is validated, with the grammar and the rules of each.

import { bash } from './bash/grammar.ts';
import { bash as bashRules } from './bash/rules.ts';
import { c, cpp } from './c/grammar.ts';
import { c as cRules } from './c/rules.ts';
import { cpp as cppRules } from './cpp/rules.ts';
import { type LanguageAnalysis, prepareLanguage } from './engine/analyze.ts';
import { go } from './go/grammar.ts';
import { go as goRules } from './go/rules.ts';
import { java } from './java/grammar.ts';
import { java as javaRules } from './java/rules.ts';
import { javascript, typescript } from './javascript/grammar.ts';
import { javascript as javascriptRules } from './javascript/rules.ts';
import { lua } from './lua/grammar.ts';
import { lua as luaRules } from './lua/rules.ts';
import { php } from './php/grammar.ts';
import { php as phpRules } from './php/rules.ts';
import { python } from './python/grammar.ts';
import { python as pythonRules } from './python/rules.ts';
import { ruby } from './ruby/grammar.ts';
import { ruby as rubyRules } from './ruby/rules.ts';
import { rust } from './rust/grammar.ts';
import { rust as rustRules } from './rust/rules.ts';
import { typescript as typescriptRules } from './typescript/rules.ts';

const pythonAnalysis = prepareLanguage(python, pythonRules);

export const ANALYSES: Readonly<Record<string, LanguageAnalysis>> = {
  python: pythonAnalysis,
  'python-scientific': pythonAnalysis,
  'python-plots': pythonAnalysis,
  pytest: pythonAnalysis,
  javascript: prepareLanguage(javascript, javascriptRules),
  c: prepareLanguage(c, cRules),
  cpp: prepareLanguage(cpp, cppRules),
  bash: prepareLanguage(bash, bashRules),
  go: prepareLanguage(go, goRules),
  rust: prepareLanguage(rust, rustRules),
  java: prepareLanguage(java, javaRules),
  typescript: prepareLanguage(typescript, typescriptRules),
  php: prepareLanguage(php, phpRules),
  ruby: prepareLanguage(ruby, rubyRules),
  lua: prepareLanguage(lua, luaRules),
};
