import type { Token } from './token.js';

/** A token as the API shows it; a cancelled one has a CANCELED signature. */
export function tokenView(token: Token): Record<string, unknown> {
  const { request, memberId } = token;
  const { payload, body } = request;
  const signed = (action: string) => ({ action, signature: token.signature });
  return {
    id: token.id,
    tokenRequestId: request.id,
    ...(token.replacedBy ? { replacedByTokenId: token.replacedBy } : {}),
    payload: {
      version: '1.0',
      refId: request.refId,
      to: payload['to'],
      issuer: { id: `m:${token.bankId}:5zKtXEAq` },
      initiatorId: memberId,
      tokenRequestId: request.id,
      ...(request.description ? { description: request.description } : {}),
      ...(payload['actingAs'] ? { actingAs: payload['actingAs'] } : {}),
      effectiveAtMs: String(token.effectiveMs),
      expiresAtMs: String(token.expiresMs),
      ...(body.kind === 'transfer' ? { transfer: payload['transferBody'] } : {}),
      ...(body.kind === 'standingOrder' ? { standingOrder: payload['standingOrderBody'] } : {}),
      ...(body.kind === 'access' ? { access: accessView(token, body.resources) } : {}),
    },
    payloadSignatures: token.ended === 'cancelled' ? [signed('ENDORSED'), signed('CANCELED')] : [signed('ENDORSED')],
  };
}

const RESOURCES: Readonly<Record<string, string>> = {
  ACCOUNTS: 'account',
  BALANCES: 'balance',
  TRANSACTIONS: 'transactions',
  TRANSFER_DESTINATIONS: 'transferDestinations',
  STANDING_ORDERS: 'standingOrders',
};

/** One entry per account and kind of data. */
function accessView({ accounts }: Token, resources: readonly string[]): Record<string, unknown> {
  return {
    resources: accounts.flatMap(({ id }) =>
      resources.map((resource) => ({ [RESOURCES[resource] ?? resource]: { accountId: id } })),
    ),
  };
}
