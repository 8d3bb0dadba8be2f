// The program's side of a test: serves its modules to the tests, which run in another box.

'use strict';

const { Writable } = require('node:stream');
const { createPeer, Gone } = require('./peer.cjs');

const modules = new Map();
const peer = createPeer(0, 1, false, (path) => {
  const module = modules.get(path);
  if (module?.failure) throw module.failure.error;
  return module;
});

/** What the program prints becomes what the tests see printed, in its order. */
const printed = new Writable({
  decodeStrings: false,
  write: (text, _encoding, done) => {
    peer.send(['print', text.toString()]);
    done();
  },
});
Object.defineProperty(process, 'stdout', { value: printed });
process.argv = process.argv.slice(0, 2);

async function load(path) {
  try {
    const value = require(path);
    return { isCommonJs: true, names: typeof value === 'object' && value ? Object.keys(value) : [], value };
  } catch (error) {
    if (error?.code !== 'ERR_REQUIRE_ESM' && error?.code !== 'ERR_REQUIRE_ASYNC_MODULE') throw error;
  }
  const value = await import(path);
  return { isCommonJs: false, names: Object.keys(value), value };
}

async function main() {
  const given = require('./modules.json');
  for (const path of given.modules)
    modules.set(path, await load(`${given.directory}/${path}`).catch((error) => ({ failure: { error } })));
  await peer.serve();
}

main().catch((error) => {
  if (!(error instanceof Gone)) throw error;
  process.exit(0);
});
