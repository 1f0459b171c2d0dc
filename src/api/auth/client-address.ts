import type { IncomingHttpHeaders } from 'node:http';
import ipaddr from 'ipaddr.js';

/** The address of the caller, seen through the proxies that are trusted. */
export type AddressResolver = (peer: string, headers: IncomingHttpHeaders) => string;

/** Whether an address is of a network of the list. */
export function trustedBy(networks: readonly string[]): (address: string) => boolean {
  const ranges = networks.map((text) => {
    const [address, bits] = ipaddr.isValidCIDR(text) ? ipaddr.parseCIDR(text) : wholeAddress(text);
    return [address, bits] as const;
  });
  return (address) => {
    if (!ipaddr.isValid(address)) return false;
    const parsed = ipaddr.process(address);
    return ranges.some(
      ([network, bits]) => network.kind() === parsed.kind() && parsed.match([network, bits]),
    );
  };
}

/**
 * Reads X-Forwarded-For from the right: each entry was added by the peer before it, so it is believed only as far as the
 * peers are trusted.
 * @param networks addresses or networks of trusted proxies
 */
export function addressResolver(networks: readonly string[]): AddressResolver {
  const trusts = trustedBy(networks);
  return (peer, headers) => {
    const forwarded = String(headers['x-forwarded-for'] ?? '')
      .split(',')
      .map((entry) => entry.trim())
      .filter((entry) => entry !== '');
    let address = peer;
    for (const entry of forwarded.reverse()) {
      if (!trusts(address)) break;
      address = entry;
    }
    return address;
  };
}

function wholeAddress(text: string): [ipaddr.IPv4 | ipaddr.IPv6, number] {
  const address = ipaddr.process(text);
  return [address, address.kind() === 'ipv4' ? 32 : 128];
}
