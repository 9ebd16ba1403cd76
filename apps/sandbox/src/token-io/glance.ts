/** What an order says about itself, for the ledger and for matching faults, as far as it can be read. */
export interface Glance {
  refId: string | undefined;
  amount: string | undefined;
  currency: string | undefined;
}

/** Looks at the body of a v2 payment, a token request or a transfer without judging it. */
export function glanceAtOrder(text: string): Glance {
  const body = record(parse(text));
  const initiation = record(body['initiation']);
  const payload = record(body['requestPayload']);
  const transfer = record(body['payload']);
  const v1 = record(payload['transferBody'] ?? payload['standingOrderBody']);
  const money = record(initiation['amount'] ?? transfer['amount']);
  return {
    refId: word(initiation['refId'] ?? payload['refId'] ?? transfer['refId']),
    amount: word(money['value'] ?? v1['lifetimeAmount'] ?? v1['amount']),
    currency: word(money['currency'] ?? v1['currency']),
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function record(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value)) : {};
}

function word(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
