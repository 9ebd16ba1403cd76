import { type AnyOrder, type BulkItem, isBulk, type PaymentCreditor } from '@tributary/domain';

/** What of an order does not fit a message, and why; null where all does. */
export type PainProblem = readonly [field: string, why: string];

// Facets of pain.001.001.03: IBAN2007Identifier, BICIdentifier, Max34Text and PostalAddress6.
const iban = /^[A-Z]{2}[0-9]{2}[A-Za-z0-9]{1,30}$/;
const bic = /^[A-Z]{6}[A-Z2-9][A-NP-Z0-9]([A-Z0-9]{3})?$/;
const maxOtherAccount = 34;
const maxAddress = { streetName: 70, buildingNumber: 16, postCode: 16, townName: 35 } as const;
/** Characters that XML 1.0 cannot carry in any spelling (section 2.2). */
const notXml = /[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/u;

/** Finds, before anything is sent, what the schema of pain.001.001.03 would refuse and our own limits let pass. */
export function painProblem(order: AnyOrder): PainProblem | null {
  const { account, name } = order.debtor ?? {};
  return (
    (account && accountProblem('debtor.account', account)) ??
    textProblem('debtor.name', name) ??
    (isBulk(order)
      ? firstOf(order.items, (item, index) => transferProblem(item, `items.${index}.`))
      : transferProblem(order, ''))
  );
}

function transferProblem(transfer: Pick<BulkItem, 'creditor' | 'endToEndId' | 'remittance'>, at: string) {
  const { creditor, endToEndId, remittance } = transfer;
  return (
    (endToEndId === '' ? ([`${at}endToEndId`, 'it is empty'] as const) : null) ??
    textProblem(`${at}endToEndId`, endToEndId) ??
    creditorProblem(creditor, at) ??
    textProblem(`${at}remittance.unstructured`, remittance?.unstructured) ??
    lengthProblem(`${at}remittance.structured`, remittance?.structured, 35) ??
    textProblem(`${at}remittance.structured`, remittance?.structured)
  );
}

function creditorProblem({ account, name, agent, address }: PaymentCreditor, at: string): PainProblem | null {
  const agentBic = agent?.bic;
  return (
    accountProblem(`${at}creditor.account`, account) ??
    textProblem(`${at}creditor.name`, name) ??
    (agentBic !== undefined && !bic.test(agentBic) ? ([`${at}creditor.agent.bic`, 'it is no BIC'] as const) : null) ??
    textProblem(`${at}creditor.agent.name`, agent?.name) ??
    firstOf(['streetName', 'buildingNumber', 'postCode', 'townName'] as const, (part) => {
      const field = `${at}creditor.address.${part}`;
      return lengthProblem(field, address?.[part], maxAddress[part]) ?? textProblem(field, address?.[part]);
    })
  );
}

function accountProblem(field: string, { scheme, value }: PaymentCreditor['account']): PainProblem | null {
  if (scheme === 'iban') return iban.test(value) ? null : [field, 'it is no IBAN'];
  return lengthProblem(field, value, maxOtherAccount) ?? textProblem(field, value);
}

function lengthProblem(field: string, text: string | undefined, length: number): PainProblem | null {
  return text !== undefined && Array.from(text).length > length ? [field, `at most ${length} characters`] : null;
}

function textProblem(field: string, text: string | undefined): PainProblem | null {
  return text !== undefined && notXml.test(text) ? [field, 'it has characters that XML cannot carry'] : null;
}

function firstOf<T>(
  items: readonly T[],
  problemOf: (item: T, index: number) => PainProblem | null,
): PainProblem | null {
  for (const [index, item] of items.entries()) {
    const problem = problemOf(item, index);
    if (problem !== null) return problem;
  }
  return null;
}
