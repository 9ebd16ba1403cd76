import { constants } from 'node:crypto';
import { createSecureContext, rootCertificates, type SecureContext } from 'node:tls';
import { types } from 'node:util';
import { buildConnector } from 'undici';
import type { AddressGuard } from '../port/index.js';
import { isOwnCertificateFault } from './transport-failure.js';

/** PEM texts: our certificate and key for mutual TLS; `ca` is trusted besides the public authorities. */
export interface TlsIdentity {
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
  readonly ca?: string | undefined;
}

export interface TlsConnect {
  readonly connect: buildConnector.connector;
  /**
   * The code of the alert by which the other side refused our certificate, for the error of a request that ended with a closed
   * connection; undefined for any other end. With TLS 1.3 such an alert comes when the first request is on its way already, and
   * undici reports no more than the close. Since the handshake failed, the other side never read that request.
   */
  refusalOf(cause: unknown): string | undefined;
}

/** Refusals that nobody asked for are forgotten, the oldest first. */
const mostRefusals = 256;

/**
 * Opens the connections of a pool. The certificate and its key are parsed once, at the first connection, and sessions are resumed.
 * Renegotiation is off: a certificate is judged in the handshake or not at all.
 *
 * @param addresses where connections may go to; null: anywhere
 */
export function createTlsConnect(
  { cert, key, ca }: TlsIdentity,
  timeoutMs: number,
  addresses: AddressGuard | null,
): TlsConnect {
  // By both ends of the connection: undici tells of an ended connection its addresses, not its socket.
  const refusals = new Map<string, string>();
  let open: buildConnector.connector | undefined;

  const secureContext = (): SecureContext | undefined => {
    if (cert === undefined && ca === undefined) return undefined;
    const authorities = ca === undefined ? undefined : [ca, ...rootCertificates];
    return createSecureContext({ cert, key, ca: authorities, secureOptions: constants.SSL_OP_NO_RENEGOTIATION });
  };

  return {
    connect: (options, callback) => {
      const refusal = addresses?.refusal(options.hostname) ?? null;
      if (refusal !== null) return callback(refusal, null);
      try {
        open ??= buildConnector({ secureContext: secureContext(), timeout: timeoutMs, lookup: addresses?.lookup });
      } catch (error) {
        // Certificate and key do not belong together: no connection, and nothing was sent.
        return callback(types.isNativeError(error) ? error : new Error('no TLS context'), null);
      }
      open(options, (...[error, socket]) => {
        if (error !== null) return callback(error, null);
        const ends = endsOf(socket);
        // A port is used again: what became of the connection that had it before says nothing about this one, whose request may
        // have been read.
        refusals.delete(ends);
        socket.once('error', (reason: NodeJS.ErrnoException) => {
          if (reason.code === undefined || !isOwnCertificateFault(reason)) return;
          const [oldest] = refusals.keys();
          if (refusals.size >= mostRefusals && oldest !== undefined) refusals.delete(oldest);
          refusals.set(ends, reason.code);
        });
        callback(null, socket);
      });
    },
    refusalOf(cause) {
      const socket = member(cause, 'socket');
      // Once anything of an answer came, the handshake was over.
      if (member(socket, 'bytesRead') !== 0) return undefined;
      const ends = endsOf(socket);
      const refusal = refusals.get(ends);
      refusals.delete(ends);
      return refusal;
    },
  };
}

/** Both ends of a connection, which no other one has at the same time. */
function endsOf(socket: unknown): string {
  return ['localAddress', 'localPort', 'remoteAddress', 'remotePort'].map((end) => member(socket, end)).join(' ');
}

function member(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}
