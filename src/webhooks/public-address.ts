// Whether an address belongs to the public internet. An address that only looks public, because it stands for another one
// behind a translator or a tunnel, does not.

import { isIP } from 'node:net';
import { networkInterfaces } from 'node:os';
import ipaddr from 'ipaddr.js';

/** All that is routed on the public IPv6 internet; what is special within it, the library knows. */
const GLOBAL_IPV6 = ipaddr.IPv6.parseCIDR('2000::/3');
/** Special ranges that the library calls unicast. */
const SPECIAL = [
  // The host agent of Azure's machines, on an address from the public range.
  '168.63.129.16/32',
  // Documentation (RFC 9637), ORCHIDv2, drone identifiers, benchmarking, AS112, multicast tunnels.
  '3fff::/20',
  '2001:20::/28',
  '2001:30::/28',
  '2001:2::/48',
  '2001:4:112::/48',
  '2620:4f:8000::/48',
  '2001:3::/32',
].map((network) => ipaddr.parseCIDR(network));

/** `address` is an IPv4 or IPv6 address as `net.isIP` knows it. */
export function isPublicAddress(address: string): boolean {
  // A zone makes an address valid on one link only.
  if (isIP(address) === 0 || address.includes('%')) return false;
  const parsed = ipaddr.parse(address);
  // Unicast is neither IPv4-mapped, nor translated (NAT64), nor tunnelled (6to4, Teredo).
  if (parsed.range() !== 'unicast') return false;
  if (parsed.kind() === 'ipv6' && !parsed.match(GLOBAL_IPV6)) return false;
  return !SPECIAL.some((network) => isIn(address, network)) && !isOwnAddress(address);
}

/** `address` may be IPv4-mapped; it is then in the networks of the IPv4 address. */
export function isIn(address: string, [network, bits]: [ipaddr.IPv4 | ipaddr.IPv6, number]): boolean {
  if (isIP(address) === 0 || address.includes('%')) return false;
  const parsed = ipaddr.process(address);
  return parsed.kind() === network.kind() && parsed.match([network, bits] as [ipaddr.IPv4, number]);
}

/** This machine's own addresses, behind whatever firewall keeps others out. Those of loopback are not public anyway. */
function isOwnAddress(address: string): boolean {
  const written = ipaddr.parse(address).toNormalizedString();
  return Object.values(networkInterfaces()).some((addresses = []) =>
    addresses.some((own) => !own.internal && sameAs(own.address, written)),
  );
}

function sameAs(own: string, written: string): boolean {
  return isIP(own) > 0 && !own.includes('%') && ipaddr.parse(own).toNormalizedString() === written;
}
