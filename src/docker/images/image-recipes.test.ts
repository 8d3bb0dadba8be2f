// What the recipes of images say, and that the files in images/ are what they would write.

import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { FURTHER_LANGUAGES, LANGUAGES } from '../../languages/catalog.ts';
import { PROJECT_ROOT } from '../../settings/setting.ts';
import { imageFiles, imageRecipes } from './image-recipes.ts';

const recipes = await imageRecipes(LANGUAGES, FURTHER_LANGUAGES);
const named = (name: string) => {
  const recipe = recipes.find((each) => each.name === name);
  assert(recipe);
  return recipe;
};
const EXAMPLE = { code: '', stdin: '', expectedOutput: '' };

test('there is an image for each language, and one with all of the usual ones', () => {
  const names = LANGUAGES.map(({ id }) => id);
  assert.deepEqual(
    recipes.map(({ name }) => name),
    [...names, 'all', ...FURTHER_LANGUAGES.map(({ id }) => id)],
  );
  assert.deepEqual(named('all').languages, names);
  assert.deepEqual(named('go').languages, ['go']);
});

test('an image installs the packages of its languages, each once', () => {
  for (const language of LANGUAGES) {
    for (const recipe of [named(language.id), named('all')]) {
      const [installed = ''] = /apt-get install .*/.exec(recipe.text) ?? [];
      const words = installed.split(/[ ;]+/);
      for (const name of language.debianPackages)
        assert.equal(words.filter((word) => word === name).length, 1, `${name} in ${recipe.name}`);
    }
  }
});

test('an image is built from instructions that every builder knows, and the supervisor comes late', () => {
  for (const { text, name } of recipes) {
    const instructions = text.split('\n').filter((line) => /^[A-Z]+ /.test(line));
    const words = instructions.map((line) => line.split(' ')[0]);
    assert.deepEqual(words.slice(-4), ['COPY', 'LABEL', 'USER', 'ENTRYPOINT'], name);
    assert.doesNotMatch(text, /--(mount|chmod|link)\b/);
    assert.ok(
      words.every((word) =>
        ['ARG', 'FROM', 'COPY', 'RUN', 'LABEL', 'USER', 'ENTRYPOINT'].includes(word ?? ''),
      ),
    );
  }
});

test('a recipe brings every file that its Dockerfile copies', () => {
  for (const { text, files, name } of recipes) {
    for (const [, source = ''] of text.matchAll(/^COPY (\S+) /gm)) {
      const isThere = files.some(({ path }) => path === source || path.startsWith(source));
      assert.ok(isThere, `${source} in ${name}`);
    }
  }
});

test('the hash changes with what decides what is in an image, and with nothing else', async () => {
  const language = {
    id: 'demo',
    name: 'Demo',
    aliases: [],
    fileExtension: '.demo',
    memoryAllowanceMb: 0,
    tools: [],
    debianPackages: ['one'],
    versionTool: 'none',
    sourceFile: () => 'main',
    run: () => ({ argv: [], environment: {} }),
    examples: { hello: EXAMPLE, sum: EXAMPLE },
  };
  const hashOf = async (changes: object) => (await imageRecipes([{ ...language, ...changes }]))[0]?.hash;
  const hash = await hashOf({});
  assert.equal(await hashOf({}), hash);
  assert.equal(await hashOf({ examples: { hello: { ...EXAMPLE, code: 'other' }, sum: EXAMPLE } }), hash);
  assert.notEqual(await hashOf({ debianPackages: ['one', 'two'] }), hash);
  const part = { part: 'demo', essential: false, inputs: [{ path: 'a', content: 'b' }], commands: () => [] };
  const withPart = await hashOf({ prebuild: part });
  assert.notEqual(withPart, hash);
  assert.notEqual(await hashOf({ prebuild: { ...part, inputs: [{ path: 'a', content: 'c' }] } }), withPart);
});

test('an image that needs an npm package that is not installed has no recipe', async () => {
  const tools = [{ name: 'tool', packages: ['no-such-package'], path: 'tool' }];
  const [first] = LANGUAGES;
  assert(first);
  await assert.rejects(imageRecipes([{ ...first, tools }]), /no-such-package is not installed/);
});

// Some paths of tools have the processor's name in them; the files kept are those for x64.
const skip = process.arch === 'x64' ? false : 'images/ holds the files for x64';
test('images/ holds what `npm run documents` writes, and nothing else', { skip }, async () => {
  const files = await imageFiles(LANGUAGES, FURTHER_LANGUAGES);
  const kept = globSync('images/**', { cwd: PROJECT_ROOT, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.endsWith('.md'))
    .map((entry) => join(entry.parentPath, entry.name).slice(PROJECT_ROOT.length + 1));
  assert.deepEqual(kept.sort(), files.map(({ path }) => path).sort());
  for (const { path, content } of files)
    assert.equal(readFileSync(join(PROJECT_ROOT, path), 'utf8'), content, path);
});
