// Writes what documents repeat of the settings: the README's table and .env.example.

import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { environmentExample, settingsTable } from '../src/config-report.ts';

const README = resolve(import.meta.dirname, '../README.md');

const TABLE = /^\| Variable \|.*\n(?:\|.*\n)+/m;
const readme = readFileSync(README, 'utf8');
if (!TABLE.test(readme)) throw new Error('README.md has no table whose first column is Variable');
writeFileSync(
  README,
  readme.replace(TABLE, () => `${settingsTable()}\n`),
);
writeFileSync(resolve(import.meta.dirname, '../.env.example'), environmentExample());
