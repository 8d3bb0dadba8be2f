// The images that an engine has, as `npm run images` built them: every language runs in them as in a container of the
// service, and nothing is left in them of where they were built. An image that is not there is skipped.

import assert from 'node:assert/strict';
import { constants } from 'node:os';
import { test } from 'node:test';
import manifest from '../package.json' with { type: 'json' };
import { BOX_DIRECTORIES, IMAGE_LABELS, SUPERVISOR_PATH } from '../src/docker/image-layout.ts';
import { toolPaths } from '../src/docker/images/dockerfile.ts';
import { imageRecipes } from '../src/docker/images/image-recipes.ts';
import { imageReference } from '../src/docker/images/image-reference.ts';
import { imageStatus } from '../src/docker/images/image-status.ts';
import { FURTHER_LANGUAGES, findLanguage, LANGUAGES } from '../src/languages/catalog.ts';
import type { Language, LanguageCommand } from '../src/languages/language.ts';
import { MIB } from '../src/units.ts';
import { engineForTests } from './docker-engine.ts';
import { type ImageRunOutcome, runInImage } from './run-in-image.ts';

const { engine, skip: noEngine } = await engineForTests();
const REPOSITORY = process.env.IMAGE_REPOSITORY || 'code-execution-service';

/** Arguments: name and text of the source, the compiler's command, `--`, the program's. */
const EXAMPLE = `set -eu; umask 022
mkdir /box/tmp /box/work /box/out; cd /box/work
printf %s "$2" >"/code/$1"; ln -s "/code/$1" .; shift 2
quoted=
while [ "$1" != -- ]; do quoted="$quoted '$1'"; shift; done
shift
eval "$quoted"
cp -r /box/out/. /build
exec "$@"`;

/** By the name of a prebuilt part: a command that shows, and how, that the part is used. */
const PARTS_IN_USE: Readonly<Record<string, (image: string, language: Language) => Promise<void>>> = {
  cpp: async (image, language) => {
    const { stderr } = await compileWith(image, language, (argv) => [...argv, '-H', '-Winvalid-pch']);
    assert.match(stderr, /^! \/opt\/prebuilt\/cpp\/gnu\+\+17\/bits\/stdc\+\+\.h\.gch$/m);
  },
  java: async (image, language) => {
    const log = '-Xlog:class+load:stderr';
    const { stderr } = await compileWith(image, language, ([java = '', ...rest]) => [java, log, ...rest]);
    assert.match(stderr, /source: shared objects file \(top\)/);
  },
  go: async (image, language) => {
    const direct = await compileWith(image, language, ([sh = '', ...rest]) => [sh, '-x', ...rest]);
    assert.match(direct.stderr, /^\+ exit 0$/m);
    const goBuild = (argv: readonly string[]) => [...argv.slice(4, 8), '-x', ...argv.slice(8)];
    const { stderr } = await compileWith(image, language, goBuild);
    assert.match(stderr, /compile .*-p main /);
    assert.doesNotMatch(stderr, /compile .*-p fmt /);
  },
  python: (image, language) => showWatch(image, language, 'x = [0] * (1 << 60)\n'),
  javascript: (image, language) => showWatch(image, language, 'new ArrayBuffer(2 ** 46);\n'),
  typescript: (image, language) =>
    showWatch(image, language, 'const a: ArrayBuffer = new ArrayBuffer(2 ** 46);\n'),
  rust: (image, language) =>
    showWatch(image, language, 'fn main() {\n    std::hint::black_box(vec![0u8; 1 << 46]);\n}\n'),
};

interface InspectedImage {
  readonly Config: { readonly Labels: Record<string, string>; readonly User: string; readonly Env: string[] };
}

// All of it is asked for before the first test is named: tests begin meanwhile, and after them the engine is let go.
const images = await Promise.all(
  (await imageRecipes(LANGUAGES, FURTHER_LANGUAGES)).map(async (recipe) => {
    const image = imageReference(REPOSITORY, recipe.name, manifest.version);
    return { recipe, image, status: engine ? await imageStatus(recipe, image, engine) : null };
  }),
);
/** Nobody expects the images of further languages. */
const isExpected = (name: string) => !FURTHER_LANGUAGES.some(({ id }) => id === name);
for (const { recipe, image, status } of images) {
  if (!isExpected(recipe.name) && status?.state !== 'current') continue;
  const skip = noEngine || (status?.state === 'current' ? false : `${image} is ${status?.state}`);
  for (const id of recipe.languages) {
    const language = findLanguage(id);
    assert(language);
    for (const [name, example] of Object.entries(language.examples))
      test(`${image} runs ${name} in ${language.name}`, { skip }, async () => {
        const outcome = await runExample(image, language, example);
        assert.deepEqual(outcome, { exitCode: 0, stdout: example.expectedOutput, stderr: '' });
      });
    const { prebuild } = language;
    if (prebuild)
      test(`${image} has what makes ${language.name} fast, and it is used`, { skip }, async () => {
        const showUse = PARTS_IN_USE[prebuild.part];
        assert(showUse, `no test of the part ${prebuild.part}`);
        await showUse(image, language);
      });
  }
  test(`${image} has the layout that containers need`, { skip }, () => checkLayout(image));
  test(`${image} lists its contents and reveals nothing about where it was built`, { skip }, async () => {
    assert(engine);
    const { Config } = await engine.request<InspectedImage>('GET', `/images/${image}/json`);
    assert.equal(Config.Labels[IMAGE_LABELS.languages], recipe.languages.join(','));
    assert.equal(Config.User, '61000:61000');
    assert.deepEqual(Config.Env, ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin']);
    const history = await engine.request<{ CreatedBy: string }[]>('GET', `/images/${image}/history`);
    for (const { CreatedBy } of history) assert.doesNotMatch(CreatedBy, /https?:|proxy(?!=off)/i);
  });
}

interface Example {
  readonly code: string;
  readonly stdin: string;
}

function contextOf(language: Language, { code }: Example) {
  const sourceFile = language.sourceFile(code);
  const prebuiltParts = language.prebuild ? [language.prebuild.part] : [];
  const memoryBytes = 128 * MIB;
  const tools = toolPaths(language);
  return {
    tools,
    prebuilt: '/opt/prebuilt',
    prebuiltParts,
    sourceFile,
    files: [sourceFile],
    memoryBytes,
    code,
  };
}

function withEnvironment({ argv, environment }: LanguageCommand): string[] {
  return ['env', '-i', ...Object.entries(environment).map(([name, value]) => `${name}=${value}`), ...argv];
}

function runExample(
  image: string,
  language: Language,
  example: Example,
  before: readonly string[] = [],
): Promise<ImageRunOutcome> {
  const context = contextOf(language, example);
  const compile = language.compile ? withEnvironment(language.compile(context)) : ['true'];
  const argv = ['--', ...before, ...withEnvironment(language.run(context))];
  return runScript(image, EXAMPLE, [context.sourceFile, example.code, ...compile, ...argv], example.stdin);
}

/** The end of the compiler, whose arguments `change` has changed. */
async function compileWith(image: string, language: Language, change: (argv: readonly string[]) => string[]) {
  const context = contextOf(language, language.examples.sum);
  assert(language.compile);
  const command = language.compile(context);
  const compile = withEnvironment({ ...command, argv: change(command.argv) });
  const { code } = language.examples.sum;
  const outcome = await runScript(image, EXAMPLE, [context.sourceFile, code, ...compile, '--', 'true']);
  assert.equal(outcome.exitCode, 0, outcome.stderr);
  return outcome;
}

/** The part ends a program whose allocation failed by a signal of its own. As process 1 it would not be ended by any. */
async function showWatch(image: string, language: Language, code: string): Promise<void> {
  const ending = ['sh', '-c', '"$@"; echo "ended with $?"', 'sh'];
  const { stdout } = await runExample(image, language, { code, stdin: '' }, ending);
  assert.equal(stdout, `ended with ${128 + constants.signals.SIGSTKFLT}\n`);
}

function runScript(image: string, script: string, values: readonly string[], stdin = '') {
  assert(engine);
  return runInImage(engine, { image, argv: ['/bin/sh', '-c', script, 'sh', ...values], stdin });
}

/** What a user of a box sees: his name, nothing to write to on the root, no file that lends rights, stock sources. */
async function checkLayout(image: string): Promise<void> {
  const others = ['/proc', '/sys', '/dev', ...BOX_DIRECTORIES].map((path) => `-path ${path}`).join(' -o ');
  const find = `find / -xdev \\( ${others} \\) -prune -o`;
  const script = `
    id -un; ls -A ${BOX_DIRECTORIES.join('; ls -A ')}; readlink /tmp
    ${find} ! -type l -perm /6000 -print
    ${find} ! -type l -writable -print 2>/dev/null || true
    ls -A /var/lib/apt/lists; ls -A /var/cache/apt
    test -x ${SUPERVISOR_PATH} && echo supervisor
    cat /etc/apt/sources.list`;
  const { stdout } = await runScript(image, script, []);
  const [user, ...lines] = stdout.trimEnd().split('\n');
  assert.equal(user, 'box0');
  assert.deepEqual(lines.slice(0, 2), ['/box/tmp', 'supervisor']);
  const stock = /^deb \S+ http:\/\/deb\.debian\.org\/debian(-security)? bookworm\S* main$/;
  assert.ok(lines.slice(2).every((line) => stock.test(line)) && lines.length === 6, stdout);
}
