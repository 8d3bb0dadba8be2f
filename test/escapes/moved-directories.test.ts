// Links and renames of the directories that a box is made of: /box/out moved away and replaced by a link before it is
// collected, /box/work and /tmp replaced.

import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { nativeOnly, rootWith, shows, temporaryDirectory, withstands } from './attack.ts';
import { attack, without } from './stage.ts';

const mover = attack(`
static bool moves(void) { return rename("/box/work", "/box/moved") == 0; }
static bool links(void) { return symlink("/etc", "/box/link") == 0; }
static bool replaces_tmp(void) { return rename("/box/tmp", "/box/other") == 0 && symlink("/etc", "/box/tmp") == 0; }
static bool rights(void) { return chmod("/box", 0777) == 0; }
int main(void) {
  attempt("move the work directory", moves);
  attempt("put a link beside it", links);
  attempt("replace /tmp", replaces_tmp);
  attempt("change the rights of /box", rights);
  return 0;
}`);
// The directory is collected by a descriptor from before the program ran, whatever is at its name then.
const builder = attack(`
int main(int argc, char **argv) {
  if (argc > 1) {
    if (rename("/box/out", "/box/moved") == 0 && symlink("/shared", "/box/out") < 0) return 2;
    return 0;
  }
  if (access("/build/secret", F_OK) == 0) escaped("collected another directory"); else held("collect another directory");
  return 0;
}`);

test(
  'a program moves none of its box’s directories',
  nativeOnly('a program in a container is their owner; they are made anew for the next run'),
  shows(mover, without('USER')),
);

const directory = temporaryDirectory();
writeFileSync(join(directory, 'secret'), 'secret');
chmodSync(directory, 0o755);
const attempt = { args: ['build'], thenRun: ['/code/attack'], root: rootWith({ '/shared': directory }) };
test(
  'and if it could, the output would be collected where it was all the same',
  withstands(builder, [without(), without('USER')], attempt),
);
