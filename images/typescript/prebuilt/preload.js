'use strict';
// Without /proc/stat and /proc/cpuinfo Node.js knows no processors.
const os = require('os');
const { cpus } = os;
os.cpus = function () {
  const known = cpus();
  if (known.length > 0) return known;
  return Array.from({ length: os.availableParallelism() }, () => ({
    model: 'unknown',
    speed: 0,
    times: { user: 0, nice: 0, sys: 0, idle: 0, irq: 0 },
  }));
};

// Where V8 has no memory left it ends the process by one of these signals, which programs send themselves as others.
const OWN_SIGNALS = {"4":44,"5":45,"6":46};
const { pid, _kill: kill } = process;
const { writeSync } = require('fs');
process._kill = (target, number) => {
  const isOwn = [pid, -pid, 0, -1].includes(Number(target));
  return kill.call(process, target, (isOwn && OWN_SIGNALS[number]) || number);
};
process.abort = () => {
  process._kill(pid, 6);
};

// An allocation that failed is V8's own error: no line of the program stands above it.
const FAILED = /^RangeError: (?:Array buffer allocation failed|Invalid array buffer length)[^\n]{0,20}\n    at (?:new \w+ \(<anonymous>\)|\S* ?\(node:)/;
process.on('uncaughtExceptionMonitor', (error) => {
  const stack = error instanceof RangeError && typeof error.stack === 'string' ? error.stack.slice(0, 4000) : '';
  if (!FAILED.test(stack) || process.listenerCount('uncaughtException') > 0) return;
  writeSync(2, stack + '\n');
  kill.call(process, pid, 16);
});
(() => {
  const fs = require('fs');
  if (!fs.existsSync('/box/ready')) return;
  const start = process.hrtime.bigint();
  try {
    const ready = fs.openSync('/box/ready', 'r+');
    fs.writeSync(ready, 'r');
    fs.closeSync(ready);
    const go = fs.openSync('/box/go', 'r');
    fs.readSync(go, Buffer.alloc(1));
    fs.closeSync(go);
  } catch {}
  const waitedMs = Number(process.hrtime.bigint() - start) / 1e6;
  const { uptime } = process;
  process.uptime = { uptime: () => uptime() - waitedMs / 1000 }.uptime;
  const origin = performance.timeOrigin + waitedMs;
  const replace = (name, change) => {
    let owner = performance;
    while (!Object.hasOwn(owner, name)) owner = Object.getPrototypeOf(owner);
    Object.defineProperty(owner, name, change(Object.getOwnPropertyDescriptor(owner, name)));
  };
  replace('now', (own) => ({ ...own, value: { now() { return own.value.call(this) - waitedMs; } }.now }));
  replace('timeOrigin', (own) =>
    'value' in own ? { ...own, value: origin } : { ...own, get() { return origin; } });
})();
require('module').syncBuiltinESMExports();
