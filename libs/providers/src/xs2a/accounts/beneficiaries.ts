import { readRows } from '../../kit/rows.js';
import type { AccountInformation, JsonValue } from '../../port/index.js';
import { identifiersOf } from './account-reference.js';
import { accountCaller } from './account-state.js';
import type { Xs2aClient } from '../client.js';
import { isOwn } from './direction.js';
import { beneficiary, beneficiaryList, type WireBeneficiary } from './wire.js';

/**
 * Payees that the PSU trusts (list of trusted beneficiaries, an extended service of the framework). The list is the PSU's; an entry
 * that is good for one account only names it.
 */
export function createBeneficiaries(client: Xs2aClient): Required<Pick<AccountInformation, 'readBeneficiaries'>> {
  return {
    async readBeneficiaries(consent, account, context) {
      const url = client.url('v1', 'trusted-beneficiaries');
      const spec = { operation: 'readBeneficiaries', service: 'ais', method: 'GET', url } as const;
      const caller = accountCaller(consent, spec.operation, context);
      const { value } = await client.call(spec, caller, context, beneficiaryList);
      const list = readRows(value.trustedBeneficiaries, beneficiary, (wire) =>
        wire.debtorAccount === undefined || isOwn(wire.debtorAccount, account) ? [beneficiaryView(wire)] : [],
      );
      return { rows: list.rows.flat(), unreadable: list.unreadable };
    },
  };
}

function beneficiaryView(wire: WireBeneficiary): JsonValue {
  const account = identifiersOf(wire.creditorAccount)[0];
  return {
    ...(wire.trustedBeneficiaryId !== undefined && { reference: wire.trustedBeneficiaryId }),
    name: wire.creditorName,
    ...(wire.creditorAlias !== undefined && { alias: wire.creditorAlias }),
    account: account === undefined ? null : { scheme: account.scheme, value: account.value },
    ...(wire.creditorAgent !== undefined && { bic: wire.creditorAgent }),
    ...(wire.creditorId !== undefined && { creditorId: wire.creditorId }),
  };
}
