// Two Node processes that use each other's objects over a pair of pipes: the program under test in one box, its tests in
// another. Neither can run code in the other, and nothing that the program does to itself changes what the tests compare.
// A request is answered before anything else is asked, and may be answered with a request.

'use strict';

const values = require('./values.cjs');
const { createWire, Gone } = require('./wire.cjs');

/** Milliseconds after which a promise that waits for one of the other side is asked for again. */
const PATIENCE_MS = 5;
/** Names that lead from an object to the code around it. */
const PRIVATE = new Set(['constructor', 'prototype', 'caller', 'callee', 'arguments']);

/**
 * `isGuarded` on the side of the tests: the other process may only call what it was given, and read properties of objects
 * that it was given. `load` says what the program's side has under a path.
 */
function createPeer(input, output, isGuarded, load = () => undefined) {
  const state = { hasFailed: false, failedAssertion: null };
  const wire = createWire(input, output, state);
  const promises = createPromises();
  const proxies = new Map();
  const space = values.createSpace(
    (number, kind) => {
      if (!proxies.has(number)) proxies.set(number, proxyFor(peer, number, kind));
      return proxies.get(number);
    },
    (number) => (isGuarded ? awaited(peer, number) : promises.of(number)),
  );
  const handlers = isGuarded ? guardedHandlers(space) : openHandlers(space, load);

  /** The result, as it is packed. */
  function ask(...request) {
    wire.send(request);
    for (;;) {
      const [kind, value] = takeAnswer();
      if (kind === 'value') return value;
      if (kind === 'error') {
        state.hasFailed = true;
        throw values.unpack(space, value);
      }
    }
  }
  function takeAnswer() {
    const message = wire.receive();
    if (!['value', 'error', 'print'].includes(message[0])) answer(message);
    return message;
  }
  function answer([kind, ...rest]) {
    try {
      if (!Object.hasOwn(handlers, kind)) throw new Gone('the program asked for what there is not');
      wire.send(['value', values.pack(space, handlers[kind](...rest))]);
    } catch (error) {
      noteAssertion(error);
      wire.send(['error', values.pack(space, error)]);
    }
  }
  /** The program may catch what fails in a function of the tests. */
  function noteAssertion(error) {
    if (isGuarded && error?.name === 'AssertionError') state.failedAssertion ??= error;
  }
  async function serve() {
    for (;;) {
      const [kind, ...rest] = await wire.receiveLater();
      if (kind === 'await') wire.send(await promises.settled(space, ...rest));
      else answer([kind, ...rest]);
    }
  }
  const asked = (...request) => values.unpack(space, ask(...request));
  const peer = {
    ...{ ask, asked, serve, space, noteAssertion, send: wire.send },
    hasFailed: () => state.hasFailed,
    failedAssertion: () => state.failedAssertion,
  };
  return peer;
}

// What the other process may ask.

function openHandlers(space, load) {
  const target = (number) => values.ownObject(space, number);
  const key = values.keyOf;
  return {
    ...callHandlers(space),
    get: (number, name) => Reflect.get(target(number), key(name)),
    has: (number, name) => Reflect.has(target(number), key(name)),
    keys: (number) => Object.keys(target(number)),
    set: (number, name, value) => Reflect.set(target(number), key(name), values.unpack(space, value)),
    delete: (number, name) => Reflect.deleteProperty(target(number), key(name)),
    prototype: (number) => values.byReference(space, Reflect.getPrototypeOf(target(number))),
    load,
  };
}

function guardedHandlers(space) {
  const target = (number) => values.ownObject(space, number);
  const has = (number, name) => isPublic(target(number), values.keyOf(name));
  return {
    ...callHandlers(space),
    get: (number, name) => (has(number, name) ? Reflect.get(target(number), values.keyOf(name)) : undefined),
    has,
    keys: (number) => Object.keys(target(number)),
    prototype: () => null,
  };
}

function isPublic(holder, key) {
  if (typeof holder === 'function' || PRIVATE.has(key)) return false;
  if (Object.hasOwn(holder, key)) return true;
  return key in holder && !(key in Object.prototype);
}

function callHandlers(space) {
  const unpacked = (packed) => packed.map((each) => values.unpack(space, each));
  return {
    /** What a function does to arrays, objects, maps and sets that it was given is done to the caller's as well. */
    call: (number, self, packed) => {
      const args = unpacked(packed);
      const result = Reflect.apply(values.ownObject(space, number), values.unpack(space, self), args);
      const changed = args.map((value, index) => changeOf(packed[index], values.pack(space, value)));
      return new values.Packed([values.pack(space, result), changed]);
    },
    construct: (number, packed) => Reflect.construct(values.ownObject(space, number), unpacked(packed)),
  };
}

function changeOf(before, after) {
  const isObject = typeof after === 'object' && after !== null && !('mine' in after) && !('yours' in after);
  return isObject && JSON.stringify(before) !== JSON.stringify(after) ? { after } : null;
}

// Promises: those of the program settle while the tests ask for them, those of the tests while nothing is asked.

async function awaited({ ask, space, noteAssertion }, number) {
  let known = [];
  for (;;) {
    await new Promise((resolve) => setImmediate(resolve));
    const answered = ask('await', number, known);
    if ('settled' in answered) return values.unpack(space, answered.settled);
    const waits = answered.pending.map((each) =>
      Promise.resolve(values.ownObject(space, each)).then(
        (value) => [each, null, values.pack(space, value)],
        (error) => {
          noteAssertion(error);
          return [each, values.pack(space, error), null];
        },
      ),
    );
    const first = await Promise.race([...waits, pause()]);
    known = first === null ? [] : [first];
  }
}

const pause = () => new Promise((resolve) => setTimeout(resolve, PATIENCE_MS, null));

/** Of the program's side. */
function createPromises() {
  const foreign = new Map();
  let onForeign = () => {};
  return {
    of: (number) =>
      new Promise((resolve, reject) => {
        foreign.set(number, { resolve, reject });
        onForeign();
      }),
    /** The answer: what a promise was settled with, or which promises of the tests are pending meanwhile. */
    async settled(space, number, known) {
      for (const [promise, failure, value] of known) {
        const waiting = foreign.get(promise);
        foreign.delete(promise);
        if (failure === null) waiting?.resolve(values.unpack(space, value));
        else waiting?.reject(values.unpack(space, failure));
      }
      const needed = new Promise((resolve) => {
        onForeign = resolve;
        if (foreign.size > 0) resolve();
      });
      const done = Promise.resolve(values.ownObject(space, number)).then(
        (value) => ['value', { settled: values.pack(space, value) }],
        (error) => ['error', values.pack(space, error)],
      );
      const first = await Promise.race([done, needed.then(pause)]);
      return first ?? ['value', { pending: [...foreign.keys()] }];
    },
  };
}

// Objects of the other process.

/** A function that can also be constructed. */
function Callable() {}

function proxyFor(peer, number, kind) {
  const bare = kind === 'function' ? Callable : {};
  const proxy = new Proxy(bare, { ...callTraps(peer, number), ...propertyTraps(peer, number) });
  peer.space.numberOfProxy.set(proxy, number);
  return proxy;
}

function callTraps({ ask, asked, space }, number) {
  const packed = (list) => list.map((each) => values.pack(space, each));
  return {
    apply(_bare, self, args) {
      const own = space.numberOfProxy.has(Object(self)) ? self : undefined;
      const [result, changed] = ask('call', number, values.pack(space, own), packed(args));
      for (const [index, change] of changed.entries()) {
        if (change !== null && values.isChangeable(args[index]))
          values.update(args[index], values.unpack(space, change.after));
      }
      return values.unpack(space, result);
    },
    construct: (_bare, args) => asked('construct', number, packed(args)),
  };
}

function propertyTraps({ asked, space }, number) {
  const { nameOf } = values;
  const has = (key) => nameOf(key) !== null && asked('has', number, nameOf(key)) === true;
  const get = (key) => (nameOf(key) === null ? undefined : asked('get', number, nameOf(key)));
  return {
    get: (_bare, key) => get(key),
    has: (_bare, key) => has(key),
    set: (_bare, key, value) => asked('set', number, nameOf(key), values.pack(space, value)) === true,
    deleteProperty: (_bare, key) => asked('delete', number, nameOf(key)) === true,
    getPrototypeOf: () => asked('prototype', number),
    ownKeys(bare) {
      const fixed = Reflect.ownKeys(bare).filter(
        (key) => !Reflect.getOwnPropertyDescriptor(bare, key)?.configurable,
      );
      return [...new Set([...fixed, ...asked('keys', number).map(String)])];
    },
    getOwnPropertyDescriptor(bare, key) {
      const fixed = Reflect.getOwnPropertyDescriptor(bare, key);
      if (fixed?.configurable === false) return fixed;
      return has(key) ? { value: get(key), configurable: true, enumerable: true, writable: true } : undefined;
    },
  };
}

module.exports = { createPeer, Gone };
