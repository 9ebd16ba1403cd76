import type { FastifyRequest } from 'fastify';
import { TLSSocket } from 'node:tls';
import type { Fault } from '../kit/faults.js';
import type { Instances } from '../kit/instances.js';
import type { Bank, BankFault } from './bank.js';
import { Call, type CallConnection } from './call.js';
import type { TestAuthority } from '../kit/pki/test-authority.js';
import type { TlsDoor } from '../kit/pki/tls-door.js';
import { Links } from './links.js';
import type { ReceivedBody } from './received-body.js';

/** The banks, and the origin for links if it is set. */
export interface Site {
  banks: Instances<Bank>;
  publicUrl: string | undefined;
  authority: TestAuthority;
  door: TlsDoor;
  /** The address on which the sandbox listens. */
  host: string;
}

/** Finds the bank instance that a path names, such as `/xs2a@hung/...`, and lets there happen what is due. */
export function openCall(
  site: Site,
  request: FastifyRequest,
  body: ReceivedBody,
  faults: readonly Fault<BankFault>[] = [],
): Call | undefined {
  const { bank: name, ...params } = request.params as Record<string, string>;
  const bank = site.banks.find(name);
  if (!bank) {
    return undefined;
  }
  bank.catchUp();
  const prefix = name === undefined ? '/xs2a' : `/xs2a@${name}`;
  const links = new Links(site.publicUrl ?? `${request.protocol}://${request.host}`, prefix, bank.profile.links);
  const query = request.query as Record<string, unknown>;
  const connection = connectionOf(request, site.door);
  return new Call(bank, links, params, request.headers, query, body, faults, connection);
}

function connectionOf(request: FastifyRequest, door: TlsDoor): CallConnection {
  const { socket } = request.raw;
  const tls = socket instanceof TLSSocket;
  return {
    encrypted: tls,
    requestTarget: `${request.method.toLowerCase()} ${request.originalUrl}`,
    clientCertificate: tls ? socket.getPeerX509Certificate() : undefined,
    get anchors() {
      return door.anchors;
    },
  };
}
