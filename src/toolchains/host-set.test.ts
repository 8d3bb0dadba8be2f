// This machine's toolchains: what is found and what of the machine is shown.

import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { LANGUAGES } from '../languages/catalog.ts';
import { findHostSet } from './host-set.ts';
import type { Finding } from './toolchain-set.ts';
import { rootOf } from './toolchain-set.ts';

let directory: string;
let finding: Finding;
before(async () => {
  directory = await mkdtemp(join(tmpdir(), 'host-set-'));
  finding = await findHostSet(LANGUAGES, { prebuilt: directory, bundled: directory }, new Map());
});
after(() => rm(directory, { recursive: true }));

test('every language is either found or has a reason not to be', () => {
  const reported = [...finding.set.members.map(({ language }) => language.id), ...finding.problems.keys()];
  assert.deepEqual(reported.sort(), LANGUAGES.map(({ id }) => id).sort());
});

test('nothing of homes or of this machine’s data is shown but directories of tools, each alone', () => {
  for (const { kind, source, target } of finding.set.mounts) {
    if (kind === 'symlink' || source.startsWith(`${directory}/`)) continue;
    assert.doesNotMatch(source, /^\/(srv|var|run|boot|proc|sys)(\/|$)/);
    assert.notEqual(source, homedir());
    const isHome = ['/root/', '/home/', `${homedir()}/`].some((home) => source.startsWith(home));
    if (isHome) assert.match(`${source} ${target}`, /\/toolchains\/[^/]+ \/opt\/rustc$/);
  }
});

test('of /etc nothing secret is shown', () => {
  const shown = finding.set.mounts.map(({ target }) => target).filter((target) => target.startsWith('/etc'));
  for (const target of shown) assert.match(target, /^\/etc\/(alternatives|ld\.so\.cache|java[\w.-]*)$/);
});

test('the mounts of a root are few', () => {
  assert.ok(finding.set.mounts.filter(({ kind }) => kind === 'bind').length <= 8);
});

test('the fingerprint is the same for the same machine and changes with a tool', async () => {
  const again = await findHostSet(LANGUAGES, { prebuilt: directory, bundled: directory }, new Map());
  assert.equal(rootOf(again.set, []).fingerprint, rootOf(finding.set, []).fingerprint);
  const [first, ...others] = finding.set.members;
  assert.ok(first);
  const changed = { ...finding.set, members: [{ ...first, identity: 'another compiler' }, ...others] };
  assert.notEqual(rootOf(changed, []).fingerprint, rootOf(finding.set, []).fingerprint);
});
