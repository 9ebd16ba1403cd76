import type { LookupFunction } from 'node:net';
import ipaddr from 'ipaddr.js';
import dns from 'node:dns';
import net from 'node:net';
import { buildConnector } from 'undici';

/** Refused before a connection is made: the address is not a public one. */
export class PrivateAddressError extends Error {
  override readonly name = 'PrivateAddressError';
  readonly code = 'EPRIVATE';
}

/**
 * Whether an IP address is one of the public internet: not private, loopback, link-local (with a cloud's metadata
 * service), shared, multicast or reserved, and no IPv4 address of these in IPv6 clothes (IANA special-purpose registries,
 * RFC 6890).
 */
export function isPublicAddress(address: string): boolean {
  return ipaddr.isValid(address) && ipaddr.process(address).range() === 'unicast';
}

const refuse = (): PrivateAddressError =>
  new PrivateAddressError('The host resolves to an address that is not public.');

/** Where connections may be opened to. Asked when one is opened, never when one is used again. */
export interface AddressGuard {
  /** Resolves a host name to addresses that may be connected to, so that what was checked is what is connected to. */
  readonly lookup: LookupFunction;
  /** Why a host that is an address already, and thus never looked up, may not be connected to; null where it may. */
  refusal(host: string): Error | null;
}

const publicLookup: LookupFunction = (hostname, options, found) => {
  dns.lookup(hostname, { ...options, all: true }, (error, addresses) => {
    if (error) {
      found(error, [], 0);
      return;
    }
    const open = addresses.filter(({ address }) => isPublicAddress(address));
    const [first] = open;
    if (!first) found(refuse(), [], 0);
    else if (options.all) found(null, open);
    else found(null, first.address, first.family);
  });
};

/**
 * Lets connections go to public addresses only. A name that changes its address between check and connect gains nothing,
 * because the check is part of connecting.
 */
export const publicAddresses: AddressGuard = {
  lookup: publicLookup,
  refusal: (host) => {
    const address = host.replace(/^\[|\]$/g, '');
    return net.isIP(address) !== 0 && !isPublicAddress(address) ? refuse() : null;
  },
};

/**
 * How an undici client connects to a host that somebody outside has named: to public addresses only.
 *
 * @param allowPrivate for development, where everything listens on loopback.
 */
export function publicConnect(allowPrivate: boolean, timeout: number): buildConnector.connector {
  if (allowPrivate) return buildConnector({ timeout });
  const connect = buildConnector({ timeout, lookup: publicAddresses.lookup });
  return (options, connected) => {
    const refusal = publicAddresses.refusal(options.hostname);
    if (refusal) connected(refusal, null);
    else connect(options, connected);
  };
}
