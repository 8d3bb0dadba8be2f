// The gate: a runtime that the sandbox started ahead of its run waits there before it reads anything of the submission. It
// writes a byte to one FIFO when it is ready, and reads one from another when the run may begin; both are gone then. In
// all other boxes there is no gate, and nothing happens. Nothing of these scripts is left for a program to see.

const READY = '/box/ready';
const GO = '/box/go';

/** Statements for a module that Python loads at its start, which has imported `os`. */
export const PYTHON_GATE = `def _wait():
    try:
        ready = os.open("${READY}", os.O_WRONLY)
        os.write(ready, b"r")
        os.close(ready)
        go = os.open("${GO}", os.O_RDONLY)
        os.read(go, 1)
        os.close(go)
    except OSError:
        pass


_wait()
del _wait
`;

/**
 * For a script that Node.js loads before the program. A gate that is gone by the time it is opened is none: the run has
 * begun. The clocks that begin with the process do not count the time at the gate.
 */
export const NODE_GATE = `(() => {
  const fs = require('fs');
  if (!fs.existsSync('${READY}')) return;
  const start = process.hrtime.bigint();
  try {
    const ready = fs.openSync('${READY}', 'r+');
    fs.writeSync(ready, 'r');
    fs.closeSync(ready);
    const go = fs.openSync('${GO}', 'r');
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
`;

/** A method of a Java class that the runtime loads before the program's first. */
export const JAVA_GATE = `private static void waitAtGate() {
        java.io.File ready = new java.io.File("${READY}");
        if (!ready.exists()) return;
        try (java.io.FileOutputStream out = new java.io.FileOutputStream(ready)) {
            out.write('r');
        } catch (java.io.IOException gone) {
            return;
        }
        try (java.io.FileInputStream go = new java.io.FileInputStream("${GO}")) {
            go.read();
        } catch (java.io.IOException gone) {
            return;
        }
    }`;
