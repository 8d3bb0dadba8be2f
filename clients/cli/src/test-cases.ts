// Tests in files: an input `NAME.in`, and what is expected beside it in `NAME.ans` or `NAME.out`.

import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { UsageError } from './options.ts';

const ENDINGS = ['.ans', '.out'];

export interface FileTest {
  readonly name: string;
  readonly input: string;
  readonly expected_output?: string;
}

/** `paths` are inputs, or directories of them. Numbers in names count as numbers. */
export async function readTests(paths: readonly string[]): Promise<FileTest[]> {
  const inputs = (await Promise.all(paths.map(inputsIn))).flat();
  if (inputs.length === 0)
    throw new UsageError('name the inputs of tests, such as tests/*.in, or their directory');
  return Promise.all(inputs.map(readTest));
}

async function inputsIn(path: string): Promise<string[]> {
  if (!(await stat(path)).isDirectory()) return [path];
  const names = (await readdir(path)).filter((name) => name.endsWith('.in'));
  const { compare } = new Intl.Collator('en', { numeric: true });
  return names.sort(compare).map((name) => join(path, name));
}

async function readTest(path: string): Promise<FileTest> {
  const stem = path.replace(/\.in$/, '');
  const input = await readFile(path, 'utf8');
  for (const ending of ENDINGS) {
    const expected = await readFile(`${stem}${ending}`, 'utf8').catch(() => null);
    if (expected !== null) return { name: basename(stem), input, expected_output: expected };
  }
  return { name: basename(stem), input };
}
