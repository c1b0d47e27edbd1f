/**
 * Where automations may send: public addresses, and others only where a person allowed the host by name. Addresses are judged when the
 * connection is made, so that a name which leads elsewhere the second time it is asked gains nothing.
 */
import { lookup as systemLookup, type LookupAddress } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import ipaddr from 'ipaddr.js';

export class AddressRefused extends Error {
  readonly host: string;
  readonly address: string;

  constructor(host: string, address: string) {
    super(`${host} ${host.replace(/^\[|\]$/gu, '') === address ? 'is' : `leads to ${address}, which is`} ${rangeInWords(address)}: an administrator has to allow ${host} by name first (allowed addresses of automations).`);
    this.name = 'AddressRefused';
    this.host = host;
    this.address = address;
  }
}

/** What lies in the public internet. Forms that wrap a version 4 address are not, whatever they wrap. */
export function isPublicAddress(address: string): boolean {
  try {
    return ipaddr.process(address).range() === 'unicast';
  } catch {
    return false;
  }
}

function rangeInWords(address: string): string {
  const words: Readonly<Record<string, string>> = { loopback: 'this machine itself', private: 'a private address', uniqueLocal: 'a private address', linkLocal: 'a link-local address, where clouds keep their metadata', unspecified: 'this machine itself', carrierGradeNat: 'a provider’s private address' };
  try {
    return words[ipaddr.process(address).range()] ?? 'no public address';
  } catch {
    return 'no address';
  }
}

/** `allowed` holds `host` or `host:port` as written in addresses. */
export function isAllowedByName(url: URL, allowed: ReadonlySet<string>): boolean {
  const name = url.hostname.toLowerCase().replace(/\.$/u, '');
  const port = url.port === '' ? (url.protocol === 'https:' ? '443' : '80') : url.port;
  return allowed.has(name) || allowed.has(`${name}:${port}`);
}

/** Refuses an address that is written as numbers; names are judged by `guardedLookup`. */
export function checkWritten(url: URL, allowed: ReadonlySet<string>): void {
  const host = url.hostname.replace(/^\[|\]$/gu, '');
  if (isIP(host) !== 0 && !isPublicAddress(host) && !isAllowedByName(url, allowed)) throw new AddressRefused(url.hostname, host);
}

/** Looks a name up for one request and lets only what may be reached through. One forbidden address among several forbids all. */
export function guardedLookup(url: URL, allowed: ReadonlySet<string>, lookup: typeof systemLookup = systemLookup): LookupFunction {
  return (hostname, options, callback) => {
    lookup(hostname, { ...options, all: true }, (error, addresses: LookupAddress[]) => {
      if (error !== null) {
        callback(error, '', 0);
        return;
      }
      const forbidden = isAllowedByName(url, allowed) ? undefined : addresses.find(({ address }) => !isPublicAddress(address));
      const [first] = addresses;
      if (forbidden !== undefined) callback(new AddressRefused(hostname, forbidden.address), '', 0);
      else if (first === undefined) callback(Object.assign(new Error(`There is no address for ${hostname}.`), { code: 'ENOTFOUND' }), '', 0);
      else if (options.all === true) callback(null, addresses);
      else callback(null, first.address, first.family);
    });
  };
}
