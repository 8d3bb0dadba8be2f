// Values as messages have them: plain data by value, everything else as a number in the space of the process that holds it.

'use strict';

const { Gone } = require('./wire.cjs');

const MAX_DEPTH = 100;
const MAX_HANDLES = 1 << 20;
const SYMBOLS = ['iterator', 'asyncIterator', 'toPrimitive', 'toStringTag'];
const ERRORS = { Error, EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError };
const ARRAYS = [
  ...[Uint8Array, Int8Array, Uint8ClampedArray, Uint16Array, Int16Array, Uint32Array, Int32Array],
  ...[Float32Array, Float64Array, BigInt64Array, BigUint64Array],
];

class Packed {
  constructor(value) {
    this.value = value;
  }
}

/**
 * What a process holds: its own objects by number, and what stands for those of the other one. `proxyOf` and `promiseOf`
 * make the latter.
 */
function createSpace(proxyOf, promiseOf) {
  return { own: new Map(), numbers: new Map(), numberOfProxy: new WeakMap(), proxyOf, promiseOf };
}

function numberOf({ own, numbers }, value) {
  const number = numbers.get(value) ?? own.size + 1;
  if (number > MAX_HANDLES) throw new RangeError('too many objects were handed over');
  numbers.set(value, number);
  own.set(number, value);
  return number;
}

function ownObject({ own }, number) {
  if (!own.has(number)) throw new TypeError('there is no such object');
  return own.get(number);
}

/** An object as a number, even if it is plain. */
function byReference(space, value) {
  if (value === null || space.numberOfProxy.has(value)) return value;
  return new Packed({ mine: numberOf(space, value), kind: typeof value });
}

function keyOf(name) {
  return typeof name === 'string' ? name : Symbol[SYMBOLS[SYMBOLS.indexOf(name?.symbol)]];
}

/** `null` for a symbol of the program's own. */
function nameOf(key) {
  if (typeof key === 'string') return key;
  const symbol = SYMBOLS.find((name) => Symbol[name] === key);
  return symbol === undefined ? null : { symbol };
}

function pack(space, value, depth = 0) {
  if (depth > MAX_DEPTH) throw new RangeError('a value is nested too deeply');
  if (typeof value !== 'object' && typeof value !== 'function') return packPrimitive(value);
  if (value === null) return null;
  if (value instanceof Packed) return value.value;
  if (space.numberOfProxy.has(value)) return { yours: space.numberOfProxy.get(value) };
  if (typeof value === 'function') return { mine: numberOf(space, value), kind: 'function' };
  const inner = (each) => pack(space, each, depth + 1);
  if (Array.isArray(value)) return Array.from(value, inner);
  if (value instanceof Promise) {
    value.catch(() => {}); // it is rejected where it is awaited
    return { promise: numberOf(space, value) };
  }
  return packObject(value, inner) ?? { mine: numberOf(space, value), kind: 'object' };
}

function packPrimitive(value) {
  if (typeof value === 'bigint') return { bigint: `${value}` };
  if (value === undefined) return { undefined: 0 };
  if (typeof value === 'symbol') return { symbol: nameOf(value)?.symbol ?? '' };
  if (typeof value !== 'number' || (Number.isFinite(value) && !Object.is(value, -0))) return value;
  return { number: Object.is(value, -0) ? '-0' : `${value}` };
}

/** `null` for what is no data. */
function packObject(value, inner) {
  const prototype = Object.getPrototypeOf(value);
  const entries = () => Object.keys(value).map((key) => [key, inner(value[key])]);
  if (prototype === Object.prototype || prototype === null)
    return isData(value) ? { object: entries() } : null;
  if (prototype === Date.prototype) return { date: value.getTime() };
  if (prototype === RegExp.prototype) return { regexp: [value.source, value.flags] };
  if (prototype === Map.prototype) return { map: [...value].map(inner) };
  if (prototype === Set.prototype) return { set: [...value].map(inner) };
  if (value instanceof Error && Object.hasOwn(value, 'stack')) {
    const kind = Object.keys(ERRORS).find((name) => ERRORS[name].prototype === prototype) ?? null;
    return {
      error: [kind, kind === null ? inner(prototype.constructor) : null, String(value.message), entries()],
    };
  }
  const array = ARRAYS.findIndex((kind) => kind.prototype === prototype);
  if (array >= 0) return { array: [array, Array.from(value, inner)] };
  return Buffer.isBuffer(value) ? { buffer: value.toString('base64') } : null;
}

/** An object with functions is one that they work on. */
function isData(value) {
  return Object.values(Object.getOwnPropertyDescriptors(value)).every(
    (each) => 'value' in each && typeof each.value !== 'function',
  );
}

const READERS = {
  number: (_space, value) => Number(value),
  bigint: (_space, value) => BigInt(value),
  undefined: () => undefined,
  symbol: (_space, value) => keyOf({ symbol: value }),
  yours: (space, value) => ownObject(space, value),
  mine: (space, value, { kind }) => space.proxyOf(value, kind),
  promise: (space, value) => space.promiseOf(value),
  object: (space, value) => {
    const object = {};
    for (const [name, each] of value) define(object, name, unpack(space, each));
    return object;
  },
  date: (_space, value) => new Date(value),
  regexp: (_space, [source, flags]) => new RegExp(source, flags),
  map: (space, value) => new Map(value.map((pair) => unpack(space, pair))),
  set: (space, value) => new Set(value.map((each) => unpack(space, each))),
  array: (space, [kind, value]) => ARRAYS[kind].from(value, (each) => unpack(space, each)),
  buffer: (_space, value) => Buffer.from(value, 'base64'),
  error: (space, [kind, own, message, entries]) => {
    const error = new (ERRORS[kind] ?? Error)(message);
    for (const [name, value] of entries) define(error, name, unpack(space, value));
    // The program sees no class of the tests.
    const prototype = own === null ? undefined : unpack(space, own).prototype;
    return prototype === undefined ? error : Object.setPrototypeOf(error, prototype);
  },
};

/** Also for a name like `__proto__`, which assignment would not make a property of. */
function define(object, name, value) {
  Object.defineProperty(object, name, { value, configurable: true, enumerable: true, writable: true });
}

function unpack(space, packed) {
  if (typeof packed !== 'object' || packed === null) return packed;
  if (Array.isArray(packed)) return packed.map((each) => unpack(space, each));
  const [kind] = Object.keys(packed);
  if (!Object.hasOwn(READERS, kind)) throw new Gone('the program wrote what is no value');
  return READERS[kind](space, packed[kind], packed);
}

/** What a function may change in place. */
function isChangeable(value) {
  if (typeof value !== 'object' || value === null) return false;
  const prototypes = [Array.prototype, Object.prototype, Map.prototype, Set.prototype];
  return prototypes.includes(Object.getPrototypeOf(value));
}

/** Makes `old` equal to `next`, and what it holds too where that is possible. */
function update(old, next) {
  if (Array.isArray(old)) {
    old.splice(0, old.length, ...next.map((each, index) => merged(old[index], each)));
  } else if (old instanceof Map || old instanceof Set) {
    old.clear();
    for (const each of next) old instanceof Map ? old.set(...each) : old.add(each);
  } else {
    for (const name of Object.keys(old)) if (!Object.hasOwn(next, name)) delete old[name];
    for (const [name, value] of Object.entries(next)) define(old, name, merged(old[name], value));
  }
  return old;
}

function merged(old, next) {
  const isSame = isChangeable(old) && isChangeable(next) && Array.isArray(old) === Array.isArray(next);
  return isSame ? update(old, next) : next;
}

module.exports = {
  byReference,
  createSpace,
  isChangeable,
  keyOf,
  nameOf,
  ownObject,
  Packed,
  pack,
  unpack,
  update,
};
