// Submissions to Judge0 that consist of files: archives beside a source, and programs with scripts of their own.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { strToU8, zipSync } from 'fflate';
import { dialectServer, post } from './dialect-fixture.ts';

const URL = '/submissions?wait=true&fields=status_id,compile_output,source_code';
const base64 = (text: string) => Buffer.from(text).toString('base64');
const zip = (files: Readonly<Record<string, string>>) =>
  Buffer.from(
    zipSync(Object.fromEntries(Object.entries(files).map(([name, text]) => [name, strToU8(text)]))),
  ).toString('base64');

test('Files of an archive lie beside the source', async (t) => {
  const { server, seen } = await dialectServer(t);
  const request = { language_id: 71, source_code: '1' };
  await post(server, URL, { ...request, additional_files: zip({ 'lib/m.py': 'x = 1' }) });
  assert.deepEqual(
    [seen.submission?.code, seen.submission?.files],
    ['1', [{ path: 'lib/m.py', content: base64('x = 1'), encoding: 'base64' }]],
  );
  const refused = await post(server, URL, { ...request, additional_files: zip({ '../m': '' }) });
  assert.equal(refused.statusCode, 422);
  assert.match(refused.json().additional_files[0], /leaves the directory/);
});

test('Language 89 is an archive with scripts, and no source', async (t) => {
  const run = {
    status: 'runtime_error',
    exit_code: 1,
    stderr: 'The compile script failed\nno main\n',
  } as const;
  const { server, seen } = await dialectServer(t, { run });
  const send = (files: object) => post(server, URL, { language_id: 89, ...files });
  const answer = await send({ additional_files: zip({ compile: 'false', run: 'true' }) });
  assert.deepEqual(answer.json(), { status_id: 6, compile_output: 'no main\n', source_code: null });
  const paths = seen.submission?.files?.map(({ path }) => path);
  assert.deepEqual(
    [seen.submission?.language, seen.submission?.code, paths],
    ['bash', undefined, ['.multi-file-program.sh', 'compile', 'run']],
  );
  assert.deepEqual((await send({})).json(), { additional_files: ["can't be blank"] });
  const scriptless = await send({ additional_files: zip({ 'main.c': '' }) });
  assert.deepEqual(scriptless.json(), { additional_files: ['must have run or run.sh'] });
});
