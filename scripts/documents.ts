// Writes what is kept in the repository and repeats what the code knows: the README's table of settings, .env.example,
// and the files of images/.

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { imageFiles } from '../src/docker/images/image-recipes.ts';
import { LANGUAGES } from '../src/languages/catalog.ts';
import { environmentExample, settingsTable } from '../src/settings/config-report.ts';

const README = resolve(import.meta.dirname, '../README.md');

const TABLE = /^\| Variable \|.*\n(?:\|.*\n)+/m;
const readme = readFileSync(README, 'utf8');
if (!TABLE.test(readme)) throw new Error('README.md has no table whose first column is Variable');
writeFileSync(
  README,
  readme.replace(TABLE, () => `${settingsTable()}\n`),
);
writeFileSync(resolve(import.meta.dirname, '../.env.example'), environmentExample());

for (const { path, content } of await imageFiles(LANGUAGES)) {
  const file = resolve(import.meta.dirname, '..', path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content);
}
