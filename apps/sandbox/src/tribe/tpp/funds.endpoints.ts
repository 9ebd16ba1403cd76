import type { Json } from '../answer.js';
import { askBank, BankFailure } from '../bridge/call-bank.js';
import { accountToBank } from '../bridge/to-bank.js';
import { checkAmount, checkReference } from './order.js';
import type { Endpoint } from './endpoint.js';

export const fundsEndpoints: readonly Endpoint[] = [
  {
    method: 'POST',
    path: '/funds-confirmations',
    operation: 'funds.confirm',
    security: 'consent',
    scope: 'funds_confirmations',
    async handle(call) {
      const { json, fields } = call.body();
      fields.only('account', 'instructedAmount');
      const account = fields.object('account', true);
      if (account) {
        checkReference(account);
      }
      checkAmount(fields);
      fields.assert(call.hub.settings.fieldErrors);
      const body: Json = {
        account: accountToBank(json['account'], 'account', call.hub.settings),
        instructed_amount: json['instructedAmount'],
      };
      const { accessToken } = call.consent;
      const answer = await askBank(call.hub, call.bank, { name: 'v2_funds_confirmations', body, accessToken });
      const available = answer['funds_available'];
      if (typeof available !== 'boolean') {
        throw new BankFailure(200, undefined, 'funds_available is not true or false');
      }
      return { status: 200, body: { fundsAvailable: available } };
    },
  },
];
