import { BlockList, isIP } from 'node:net';

/**
 * Networks that no delivery goes to unless a project allows private ones: this host, private, shared, link-local (cloud metadata among
 * them), multicast, documentation and reserved ones (IANA special-purpose address registries, RFC 6890). Of IPv6 only global unicast
 * is public, without the ranges that carry IPv4 addresses inside.
 */
const closed = new BlockList();
for (const [network, prefix] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
] as const)
  closed.addSubnet(network, prefix, 'ipv4');
for (const [network, prefix] of [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
] as const)
  closed.addSubnet(network, prefix, 'ipv6');

const globalUnicast = new BlockList();
globalUnicast.addSubnet('2000::', 3, 'ipv6');

/** Whether an IP address is one of the public internet; false for what is no address. */
export function isPublicAddress(address: string): boolean {
  const plain = address.replace(/%.*$/, '');
  switch (isIP(plain)) {
    case 4:
      return !closed.check(plain, 'ipv4');
    case 6:
      return globalUnicast.check(plain, 'ipv6') && !closed.check(plain, 'ipv6');
    default:
      return false;
  }
}

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
// An unspecified address connects to this host, too.
loopback.addSubnet('0.0.0.0', 8, 'ipv4');
loopback.addSubnet('::', 127, 'ipv6');

const linkLocal = new BlockList();
linkLocal.addSubnet('169.254.0.0', 16, 'ipv4');
linkLocal.addSubnet('fe80::', 10, 'ipv6');

/** Whether an IP address, an IPv4 one inside an IPv6 one too, is in a list. */
function isIn(list: BlockList, address: string): boolean {
  const family = isIP(address);
  return family !== 0 && list.check(address, family === 4 ? 'ipv4' : 'ipv6');
}

/** Whether an IP address is this host's own. */
export function isLoopback(address: string): boolean {
  return isIn(loopback, address);
}

/** What a project allows beside https to public addresses. */
export interface DeliveryPolicy {
  /** Addresses of private networks; never link-local ones, where clouds keep credentials. */
  readonly privateAddresses: boolean;
  /** This host, by http too. */
  readonly loopback: boolean;
}

/** Whether a delivery may go to an address, by this scheme. */
export function mayDeliverTo(address: string, protocol: string, policy: DeliveryPolicy): boolean {
  if (isLoopback(address)) return policy.loopback;
  if (protocol !== 'https:') return false;
  return isPublicAddress(address) || (policy.privateAddresses && isIP(address) !== 0 && !isIn(linkLocal, address));
}

/** Why an address for deliveries is refused before anything is looked up; null: it may be one. */
export function urlProblem(text: string, policy: DeliveryPolicy): string | null {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    return 'This is no URL.';
  }
  if (url.username !== '' || url.password !== '') return 'A URL with a user or a password is not taken.';
  if (url.hash !== '') return 'A URL with a fragment is not taken.';
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const here = host === 'localhost' || isLoopback(host);
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && here && policy.loopback))
    return 'Send an https address.';
  if (isIP(host) !== 0 && !mayDeliverTo(host, url.protocol, policy))
    return 'Deliveries to private addresses are not allowed here.';
  return null;
}
