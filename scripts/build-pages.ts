// Builds what browsers load, from web/ and docs/ into web/build/: one bundle for each page with its parts loaded on
// demand, the guide as HTML, and a manifest that the service reads. scripts/setup.mjs runs it when a source is newer.

import { createHash } from 'node:crypto';
import { globSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join, parse, relative } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build, type Metafile } from 'esbuild';
import { makeGuide } from './guide.ts';

const PROJECT = join(import.meta.dirname, '..');
const BUILD = join(PROJECT, 'web/build');
/** Built here first, so that a build that fails leaves the last one, and that two at once do not meet. */
const NEW_BUILD = `${BUILD}-${process.pid}`;

const PAGES = ['playground', 'dashboard', 'docs'] as const;

export interface PageFiles {
  readonly script: string;
  readonly style: string | null;
  /** Scripts that the page's own one imports at once. */
  readonly imports: readonly string[];
}

async function bundle() {
  return build({
    absWorkingDir: PROJECT,
    entryPoints: Object.fromEntries(PAGES.map((page) => [page, `web/${page}/main.tsx`])),
    outdir: join(relative(PROJECT, NEW_BUILD), 'assets'),
    entryNames: '[name]-[hash]',
    chunkNames: 'part-[hash]',
    assetNames: '[name]-[hash]',
    bundle: true,
    splitting: true,
    format: 'esm',
    target: ['es2022'],
    minify: true,
    metafile: true,
    jsx: 'automatic',
    jsxImportSource: 'preact',
    legalComments: 'none',
    define: { 'process.env.NODE_ENV': '"production"' },
    logLevel: 'warning',
  });
}

function filesOf(page: string, { outputs }: Metafile): PageFiles {
  const found = Object.entries(outputs).find(([, { entryPoint }]) => entryPoint === `web/${page}/main.tsx`);
  if (found === undefined) throw new Error(`nothing was built for the page ${page}`);
  const [script, { cssBundle, imports }] = found;
  const atOnce = imports.filter(({ kind }) => kind === 'import-statement').map(({ path }) => basename(path));
  return { script: basename(script), style: cssBundle ? basename(cssBundle) : null, imports: atOnce };
}

function compress(metafile: Metafile): void {
  for (const path of Object.keys(metafile.outputs)) {
    const file = join(PROJECT, path);
    writeFileSync(`${file}.gz`, gzipSync(readFileSync(file), { level: 9 }));
  }
}

/** Returns the address of each by its path in docs/. */
function copyPictures(): Map<string, string> {
  const paths = globSync('images/*.{png,svg}', { cwd: join(PROJECT, 'docs') });
  return new Map(
    paths.map((path) => {
      const content = readFileSync(join(PROJECT, 'docs', path));
      const hash = createHash('sha256').update(content).digest('hex').slice(0, 8);
      const { name: stem, ext } = parse(path);
      const name = `${stem}-${hash}${ext}`;
      writeFileSync(join(NEW_BUILD, 'assets', name), content);
      return [path, `/assets/${name}`];
    }),
  );
}

/** If another build took the place meanwhile, it is of the same sources and stays. */
function takePlace(): void {
  rmSync(BUILD, { recursive: true, force: true });
  try {
    renameSync(NEW_BUILD, BUILD);
  } catch (error) {
    if (!['ENOTEMPTY', 'EEXIST'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
  }
}

async function main(): Promise<void> {
  mkdirSync(NEW_BUILD);
  const { metafile } = await bundle();
  compress(metafile);
  const pages = Object.fromEntries(PAGES.map((page) => [page, filesOf(page, metafile)]));
  writeFileSync(join(NEW_BUILD, 'guide.json'), JSON.stringify(makeGuide(PROJECT, copyPictures())));
  writeFileSync(join(NEW_BUILD, 'manifest.json'), JSON.stringify({ pages }));
  takePlace();
}

try {
  await main();
} finally {
  rmSync(NEW_BUILD, { recursive: true, force: true });
}
