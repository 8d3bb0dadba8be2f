// What is refused in TypeScript: what is in JavaScript, under the same names.

import { javascript } from '../javascript/rules.ts';
import type { LanguageRules } from '../rule.ts';

export const typescript: LanguageRules = javascript;
