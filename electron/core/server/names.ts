/** The names by which the door may be called. A page in a browser must not reach it under a name of its own (DNS rebinding), nor from another origin. */
import { isIP } from 'node:net';

export const loopbackAddresses: ReadonlySet<string> = new Set(['127.0.0.1', '::1', '::ffff:127.0.0.1']);

export type HostNames = { readonly allows: (hostHeader: string | undefined) => boolean };

/**
 * On loopback only the machine's own names. Elsewhere the names that were allowed, the host that was bound, and any bare IP address, which
 * no foreign page can be served under. With no allowed names on a public address, every name is taken: the key still decides.
 */
export function createHostNames(options: { readonly host: string; readonly allowed: readonly string[] }): HostNames {
  const onLoopback = loopbackAddresses.has(options.host) || options.host === 'localhost';
  const allowed = new Set([...options.allowed, options.host].map((name) => name.toLowerCase()));
  return {
    allows(header) {
      const name = hostNameOf(header);
      if (name === null) return false;
      if (name === 'localhost' || name === '127.0.0.1' || name === '[::1]' || allowed.has(name)) return true;
      if (onLoopback) return false;
      return options.allowed.length === 0 || isIP(name.replace(/^\[|\]$/g, '')) !== 0;
    },
  };
}

/** The name in a `Host` header, in lower case and without the port. */
export function hostNameOf(header: string | undefined): string | null {
  if (header === undefined || header === '' || header.length > 300) return null;
  const name = /^(\[[0-9a-fA-F:.]+\]|[^:/\s@?#\\]+)(:\d{1,5})?$/.exec(header)?.[1];
  return name === undefined ? null : name.toLowerCase();
}
