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

/** Ports whose refusal nobody asked for are forgotten, the oldest first. */
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
  const refusals = new Map<number, string>();
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
        const { localPort } = socket;
        socket.once('error', (reason: NodeJS.ErrnoException) => {
          if (localPort === undefined || reason.code === undefined || !isOwnCertificateFault(reason)) return;
          const [oldest] = refusals.keys();
          if (refusals.size >= mostRefusals && oldest !== undefined) refusals.delete(oldest);
          refusals.set(localPort, reason.code);
        });
        callback(null, socket);
      });
    },
    refusalOf(cause) {
      const port = closedUnread(cause);
      const refusal = port === undefined ? undefined : refusals.get(port);
      if (port !== undefined) refusals.delete(port);
      return refusal;
    },
  };
}

/** The local port of a connection that was closed before anything of an answer came. */
function closedUnread(cause: unknown): number | undefined {
  const socket = member(cause, 'socket');
  const port = member(socket, 'localPort');
  return typeof port === 'number' && member(socket, 'bytesRead') === 0 ? port : undefined;
}

function member(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}
