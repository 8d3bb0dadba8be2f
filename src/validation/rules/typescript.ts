// What is refused in TypeScript: what is in JavaScript, under the same names.

import type { LanguageRules } from '../rule.ts';
import { javascript } from './javascript.ts';

export const typescript: LanguageRules = javascript;
