// A network of its own for a test file, in which this machine has addresses that look public, and a name server that
// answers as the test says. What is tested then needs no setting that weakens it.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { isIPv4 } from 'node:net';
import { text } from 'node:stream/consumers';

/** Set in the process inside the network. */
const INSIDE = 'TEST_IN_PUBLIC_NETWORK';

export function isInPublicNetwork(): boolean {
  return process.env[INSIDE] === 'true';
}

/**
 * Runs a test file again inside, and resolves with what it printed. `addresses` become addresses of loopback there;
 * `11.22.33.99` is that of another interface.
 */
export async function runInPublicNetwork(
  file: string,
  addresses: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<{ readonly code: number | null; readonly output: string }> {
  const { NODE_TEST_CONTEXT: _, ...inherited } = process.env;
  const script = [
    'set -e',
    'ip link set lo up',
    ...addresses.map((address) => `ip addr add ${address} dev lo ${isIPv4(address) ? '' : 'nodad'}`),
    'ip link add outside type veth peer name beyond',
    'ip addr add 11.22.33.99/32 dev outside',
    'ip link set outside up; ip link set beyond up',
    'resolv=$(mktemp); echo "nameserver 127.0.0.1" > $resolv',
    'mount --bind $resolv /etc/resolv.conf; rm $resolv',
    'exec "$0" --test-reporter=spec "$1"',
  ].join('\n');
  const child = spawn('unshare', ['-n', '-m', 'sh', '-c', script, process.execPath, file], {
    env: { ...inherited, ...environment, [INSIDE]: 'true' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [output, [code]] = await Promise.all([text(child.stdout), once(child, 'exit')]);
  return { code: code as number | null, output };
}

export interface Question {
  readonly name: string;
  readonly type: 'A' | 'AAAA' | 'other';
  /** How often this was asked before. */
  readonly asked: number;
}

/** A name server on port 53. `answer` returns addresses of the type; `null` for an unknown name, `undefined` for silence. */
export async function serveNames(answer: (question: Question) => readonly string[] | null | undefined) {
  const socket = createSocket('udp4');
  const counts = new Map<string, number>();
  socket.on('message', (query, { port, address }) => {
    const { name, type } = questionIn(query);
    const key = `${name} ${type}`;
    const asked = counts.get(key) ?? 0;
    counts.set(key, asked + 1);
    const addresses = answer({ name, type, asked });
    if (addresses !== undefined) socket.send(answerTo(query, addresses), port, address);
  });
  socket.bind(53, '127.0.0.1');
  await once(socket, 'listening');
  return {
    asked: (name: string, type: string) => counts.get(`${name} ${type}`) ?? 0,
    close: () => socket.close(),
  };
}

const HEADER_BYTES = 12;
const TYPES: Readonly<Record<number, 'A' | 'AAAA'>> = { 1: 'A', 28: 'AAAA' };

function questionIn(query: Buffer): { name: string; type: Question['type'] } {
  const labels: string[] = [];
  let at = HEADER_BYTES;
  for (let length = query.readUInt8(at); length > 0; length = query.readUInt8(at)) {
    labels.push(query.toString('latin1', at + 1, at + 1 + length));
    at += 1 + length;
  }
  return { name: labels.join('.').toLowerCase(), type: TYPES[query.readUInt16BE(at + 1)] ?? 'other' };
}

/** The question as it came, and a record for each address that points at its name. */
function answerTo(query: Buffer, addresses: readonly string[] | null): Buffer {
  const questionEnd = query.indexOf(0, HEADER_BYTES) + 5;
  const header = Buffer.alloc(HEADER_BYTES);
  query.copy(header, 0, 0, 2);
  header.writeUInt16BE(addresses === null ? 0x8183 : 0x8180, 2);
  header.writeUInt16BE(1, 4);
  header.writeUInt16BE(addresses?.length ?? 0, 6);
  return Buffer.concat([
    header,
    query.subarray(HEADER_BYTES, questionEnd),
    ...(addresses ?? []).map(recordOf),
  ]);
}

function recordOf(address: string): Buffer {
  const data = isIPv4(address) ? Buffer.from(address.split('.').map(Number)) : bytesOf(address);
  const record = Buffer.alloc(12);
  record.writeUInt16BE(0xc0_0c, 0);
  record.writeUInt16BE(isIPv4(address) ? 1 : 28, 2);
  record.writeUInt16BE(1, 4);
  record.writeUInt16BE(data.length, 10);
  return Buffer.concat([record, data]);
}

function bytesOf(address: string): Buffer {
  const written = new URL(`http://[${address}]`).hostname.slice(1, -1);
  const [head = [], tail = []] = written.split('::').map((half) => half.split(':').filter(Boolean));
  const zeros = Array<string>(8 - head.length - tail.length).fill('0');
  const groups = [...head, ...zeros, ...tail];
  assert.equal(groups.length, 8);
  return Buffer.from(groups.map((group) => group.padStart(4, '0')).join(''), 'hex');
}
