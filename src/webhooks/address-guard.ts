import { lookup as systemLookup } from 'node:dns';
import type { LookupFunction } from 'node:net';
import ipaddr from 'ipaddr.js';
import { NowcastError } from '../contracts/errors.js';

export interface AddressRules {
  /** Private, loopback and link-local addresses, and http, may be used. */
  readonly allowPrivate: boolean;
}

/**
 * Checks an address that a user gives before anything is sent there. Names are checked again at each connection
 * (`guardedLookup`), since what they resolve to may change.
 * @throws NowcastError INPUT_INVALID saying what is wrong with it
 */
export function checkWebhookUrl(text: string, rules: AddressRules): URL {
  if (!URL.canParse(text)) throw invalid('url must be an absolute address such as https://example.org/hook');
  const url = new URL(text);
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && rules.allowPrivate))
    throw invalid('url must begin with https:// (http:// only where webhooks.allowPrivateAddresses is on)');
  if (url.username !== '' || url.password !== '')
    throw invalid('url must not hold a user name or password; deliveries are signed instead');
  const host = hostOf(url);
  if (!rules.allowPrivate && ipaddr.isValid(host) && !isPublic(host)) throw refused(host);
  return url;
}

/** A lookup for sockets that gives only addresses which may be connected to: checked is what is connected to. */
export function guardedLookup(
  rules: AddressRules,
  resolve: typeof systemLookup = systemLookup,
): LookupFunction {
  return (hostname, options, callback) => {
    resolve(hostname, { ...options, all: true }, (error, addresses) => {
      if (error !== null) {
        callback(error, '', 0);
        return;
      }
      const [first] = addresses;
      if (first === undefined) {
        callback(invalid(`${hostname} has no address`), '', 0);
        return;
      }
      // One wrong address refuses the name: a mixture is how a check is passed by.
      const wrong = rules.allowPrivate ? undefined : addresses.find(({ address }) => !isPublic(address));
      if (wrong !== undefined) callback(refused(hostname), '', 0);
      else if (options.all === true) callback(null, addresses);
      else callback(null, first.address, first.family);
    });
  };
}

/** Whether an address is one of the internet: not private, loopback, link-local, reserved, or such a one in disguise. */
export function isPublic(address: string): boolean {
  if (!ipaddr.isValid(address)) return false;
  // `process` also unwraps an IPv4 address in an IPv6 one; the other embeddings are ranges of their own.
  return ipaddr.process(address).range() === 'unicast';
}

export function hostOf(url: URL): string {
  return url.hostname.replace(/^\[(.*)\]$/, '$1');
}

function refused(host: string): NowcastError {
  return invalid(
    `${host} is a private, loopback or reserved address; allow such with webhooks.allowPrivateAddresses in the configuration`,
  );
}

function invalid(message: string): NowcastError {
  return new NowcastError('INPUT_INVALID', message);
}
