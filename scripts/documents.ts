// Writes the files of the repository that repeat what the code knows: docs/settings.md, .env.example, the example of each
// language in examples/, the files of images/, and the types of the TypeScript client.

import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { imageFiles } from '../src/docker/images/image-recipes.ts';
import { FURTHER_LANGUAGES, KNOWN_LANGUAGES, LANGUAGES } from '../src/languages/catalog.ts';
import { environmentExample, settingsDocument } from '../src/settings/config-report.ts';
import { exampleFile } from '../src/submissions/shown-examples.ts';
import { clientTypes } from './client-types.ts';

const files = [
  { path: 'docs/settings.md', content: settingsDocument() },
  { path: '.env.example', content: environmentExample() },
  ...KNOWN_LANGUAGES.map((language) => ({
    path: `examples/${language.id}.json`,
    content: exampleFile(language),
  })),
  ...(await imageFiles(LANGUAGES, FURTHER_LANGUAGES)),
  { path: 'clients/typescript/src/schema.ts', content: await clientTypes() },
];

for (const { path, content } of files) {
  const file = resolve(import.meta.dirname, '..', path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content);
}
