import { type AnyOrder, isBulk, type Money, MoneyError } from '@tributary/domain';
import type { UpstreamAnswer } from '../../kit/http.js';
import { MalformedAnswer } from '../../kit/json.js';
import { identifiersOf, moneyOf } from '../accounts/account-reference.js';
import type { Xs2aClient } from '../client.js';
import { readPain001 } from '../pain/pain001-copy.js';
import { reasonOf } from '../status.js';
import { paymentDetails, paymentItem, type WireTppMessage } from '../wire.js';
import { forTheRecord, isXml, type StatusAnswer, xmlOf } from './status-answer.js';

/** The order as the bank holds it, as far as it is compared with ours. */
export interface OrderCopy {
  readonly amount: Money | undefined;
  readonly creditorAccount: string | undefined;
  /** How the items of a bulk stand, where the bank says so with them. */
  readonly items: StatusAnswer['items'];
  readonly raw: unknown;
}

/** Media types of a copy: products in XML come back as XML, recurring ones as a multipart message. */
export const copyAccept = {
  json: 'application/json',
  xml: 'application/xml, multipart/form-data, application/json',
} as const;

/** Reads the bank's copy. Throws MalformedAnswer, MoneyError or ProviderError `malformed` where it does not decode. */
export async function readCopy(answer: UpstreamAnswer, order: AnyOrder, client: Xs2aClient): Promise<OrderCopy> {
  const xml = isXml(answer) ? xmlOf(answer) : await xmlPart(answer);
  if (xml !== undefined) {
    const { amounts, creditorAccount } = readPain001(xml);
    return { amount: sumOf(amounts), creditorAccount, items: [], raw: xml };
  }
  const { value, tree } = client.decode(answer, paymentDetails);
  const raw = forTheRecord(tree);
  if (!isBulk(order)) {
    const { instructedAmount, creditorAccount } = value;
    if (instructedAmount === undefined) throw new MalformedAnswer('instructedAmount', 'an amount');
    const account = creditorAccount && identifiersOf(creditorAccount)[0]?.value;
    return { amount: moneyOf(instructedAmount), creditorAccount: account, items: [], raw };
  }
  const payments = (value.payments ?? []).map((item, index) => paymentItem(item, `payments[${index}]`));
  const items = payments.flatMap(({ endToEndIdentification: endToEndId, transactionStatus: word, ...item }, index) => {
    if (endToEndId === undefined || endToEndId === '' || word === undefined) return [];
    const reason = reasonOf(item.tppMessages) ?? reasonOf(messagesAbout(index, value.tppMessages));
    return [{ endToEndId, word, reference: item.paymentId, reason }];
  });
  return {
    amount: sumOf(payments.map(({ instructedAmount }) => moneyOf(instructedAmount))),
    creditorAccount: undefined,
    items,
    raw,
  };
}

/** The pain.001 part of a multipart message (RFC 7578); undefined for another message. */
async function xmlPart({ body, headers }: UpstreamAnswer): Promise<string | undefined> {
  const type = headers['content-type'] ?? '';
  if (!/^multipart\/form-data\b/i.test(type)) return undefined;
  const form = await new Response(new Uint8Array(body), { headers: { 'content-type': type } })
    .formData()
    .catch(() => null);
  const part = form?.get('xml_sct');
  if (part === null || part === undefined) throw new MalformedAnswer('', 'a multipart message with a part xml_sct');
  return typeof part === 'string' ? part : part.text();
}

/** Messages beside a bulk whose `path` leads to one of its items: `payments[1]`, `payments/1`, `$.payments.1.creditorName`. */
function messagesAbout(index: number, messages: readonly WireTppMessage[] = []): readonly WireTppMessage[] {
  return messages.filter(({ path }) => /\bpayments(?:\[|\.|\/)(\d+)(?!\d)/.exec(path ?? '')?.[1] === String(index));
}

function sumOf(amounts: readonly Money[]): Money | undefined {
  const [first] = amounts;
  if (first === undefined) return undefined;
  const { currency } = first;
  if (amounts.some((amount) => amount.currency !== currency)) {
    throw new MoneyError('currency', 'amounts of one order in several currencies');
  }
  return { minor: amounts.reduce((sum, { minor }) => sum + minor, 0n), currency };
}
