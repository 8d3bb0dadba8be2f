// Runs a program on the service's own Node, whatever Node npm runs on: `node scripts/launch.mjs ARGUMENT...`.
// Signals reach the program once, its end becomes the end of this process, and it does not outlive this process.

import { spawn, spawnSync } from 'node:child_process';
import { constants } from 'node:os';
import { delimiter, dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findNode } from './own-node.mjs';

const FORWARDED = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGUSR2'];
/** Ctrl-C reaches this process from the terminal, and again from npm, which passes on what it gets. */
const ECHO_MS = 500;
/** The kernel ends the program when this process is killed. */
const TIED = ['setpriv', '--pdeathsig', 'KILL', '--'];

/** Runs Node with these arguments until it ends; the exit code or signal is passed on. */
export function launch(argv) {
  let node;
  try {
    node = findNode();
  } catch (error) {
    fail(error);
    return;
  }
  const [program, ...words] = [...(canTie() ? TIED : []), node, ...argv];
  // In a session of its own, so that a signal for the whole group comes through here alone.
  const child = spawn(program, words, { stdio: 'inherit', detached: true, env: environmentFor(node) });
  const forwarding = forwardSignals(child);
  child.on('error', fail);
  child.on('exit', (code, signal) => {
    forwarding.stop();
    if (signal === null) process.exitCode = code;
    else endBy(signal);
  });
}

/** Programs that the program starts, such as the tools of `npm run check`, find the same Node first. */
function environmentFor(node) {
  return { ...process.env, PATH: [dirname(node), process.env.PATH].filter(Boolean).join(delimiter) };
}

function canTie() {
  const [program, ...words] = [...TIED, 'true'];
  return spawnSync(program, words, { stdio: 'ignore' }).status === 0;
}

function forwardSignals(child) {
  const before = new Map();
  const forward = (signal) => {
    const now = process.uptime() * 1000;
    const isEcho = now - (before.get(signal) ?? -ECHO_MS) < ECHO_MS;
    before.set(signal, now);
    if (!isEcho) child.kill(signal);
  };
  for (const signal of FORWARDED) process.on(signal, forward);
  return {
    stop: () => {
      for (const signal of FORWARDED) process.off(signal, forward);
    },
  };
}

/** As the program ended; where a signal does not end this process, with the exit code that shells use. */
function endBy(signal) {
  process.exitCode = 128 + (constants.signals[signal] ?? 0);
  process.kill(process.pid, signal);
}

function fail(error) {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) launch(process.argv.slice(2));
