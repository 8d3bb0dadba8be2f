// Which receivers a webhook may have: what its URL must look like, and which addresses may be connected to. An address is
// judged when it is connected to, since a name may mean another one a moment later.

import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';
import { parseAllowance, type WebhookAllowance } from '../settings/webhook-settings.ts';
import { isIn, isPublicAddress } from './public-address.ts';
import { isUsualPort } from './usual-ports.ts';

const MAX_URL_LENGTH = 2048;

export interface Target {
  /** In lower case, an IPv6 address without brackets. */
  readonly host: string;
  readonly port: number;
}

export interface TargetGuard {
  /** What is wrong with a URL as a client wrote it, as the end of a sentence; `null` if it can be tried. */
  reason(written: string): string | null;
  /** Whether this address may be connected to for this target. */
  permits(target: Target, address: string): boolean;
  /** Whether the operator named this host, so that it is resolved as the machine resolves names. */
  isNamed(target: Target): boolean;
}

/** `allowed` are the items of WEBHOOK_ALLOW. */
export function createTargetGuard(allowed: readonly string[]): TargetGuard {
  const allowances = allowed.map(parseAllowance).filter((item) => item !== null);
  const permits = (target: Target, address: string) => {
    const isPublic = isPublicAddress(address);
    if (isPublic && isUsualPort(target.port)) return true;
    return allowances.some((allowance) => isAllowed(allowance, target, address, isPublic));
  };
  const isNamed = ({ host, port }: Target) =>
    allowances.some((item) => item.host === withoutDot(host) && portFits(item, port));
  const guard = { permits, isNamed };
  return { ...guard, reason: (written) => reasonAgainst(written, guard) };
}

/** The host and port that a URL names. */
export function targetOf(url: URL): Target {
  const port = url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : Number(url.port);
  return { host: url.hostname.replace(/^\[|\]$/g, ''), port };
}

function isAllowed(item: WebhookAllowance, target: Target, address: string, isPublic: boolean): boolean {
  if (!portFits(item, target.port)) return false;
  if (item.anyPublic) return isPublic;
  if (item.host !== undefined) return item.host === withoutDot(target.host);
  const { network } = item;
  return network !== undefined && isIn(address, [ipaddr.process(network.address), bitsOf(network)]);
}

/** A network that is written as IPv4-mapped is the one of IPv4. */
function bitsOf({ address, bits }: { address: string; bits: number }): number {
  const isMapped = ipaddr.parse(address).kind() !== ipaddr.process(address).kind();
  return isMapped ? Math.max(0, bits - 96) : bits;
}

function portFits({ port }: WebhookAllowance, wanted: number): boolean {
  return port === null ? isUsualPort(wanted) : port === wanted;
}

function withoutDot(host: string): string {
  return host.replace(/\.$/, '');
}

type Guard = Pick<TargetGuard, 'permits' | 'isNamed'>;

function reasonAgainst(written: string, guard: Guard): string | null {
  if (written.length > MAX_URL_LENGTH)
    return `must have at most ${MAX_URL_LENGTH} characters, got ${written.length}`;
  // The parser of URLs removes tabs and line ends, and sees through letters that only look like digits.
  if (!/^[\x21-\x7e]+$/.test(written))
    return 'must be a URL of printable ASCII characters without spaces; others are percent-encoded, and a host is written in Punycode';
  const url = URL.parse(written);
  if (url === null) return 'must be a URL, such as https://example.com/hook';
  if (url.protocol !== 'https:' && url.protocol !== 'http:')
    return `must begin with https:// or http://, got ${JSON.stringify(url.protocol)}`;
  if (url.username !== '' || url.password !== '' || /^[a-z]+:[\\/]*[^\\/?#]*@/i.test(written))
    return 'must not have a user name or password';
  return reasonAgainstTarget(targetOf(url), guard);
}

function reasonAgainstTarget(target: Target, guard: Guard): string | null {
  const { host, port } = target;
  const isLocal = /^(.+\.)?localhost\.?$/.test(host);
  if (isIP(host) === 0) {
    if (isLocal && !guard.isNamed(target)) return `names ${JSON.stringify(host)}, which is not public`;
    return null;
  }
  if (guard.permits(target, host)) return null;
  return isPublicAddress(host)
    ? `names port ${port}, to which webhooks are not sent`
    : `names ${host}, an address that is not public`;
}
