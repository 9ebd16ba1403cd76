import { Injectable } from '@nestjs/common';
import { type AccountIdentifier, accountSchemes, type Money } from '@tributary/domain';
import type { Consent } from '@tributary/persistence';
import type { CallContext } from '@tributary/providers';
import { AccountAccess } from '../accounts/account-access.js';
import { ConsentUse } from '../consents/consent-use.js';
import { Refusal } from '../refusal.js';

/** Which account is asked about: one that the PSU shares, or one named under a consent. */
export type FundsSubject =
  { readonly accountId: string } | { readonly consentId: string; readonly account: AccountIdentifier };

/** Whether an account holds an amount at this instant. Nothing is stored, nothing reserved. */
@Injectable()
export class FundsService {
  constructor(
    private readonly access: AccountAccess,
    private readonly use: ConsentUse,
  ) {}

  /** @throws Refusal `not_found`, `consent_not_usable`, `capability_unsupported`; ProviderError */
  async confirm(appId: string, subject: FundsSubject, amount: Money, context: CallContext): Promise<boolean> {
    const { consent, identifier, currency } =
      'accountId' in subject
        ? await this.shared(appId, subject.accountId)
        : {
            consent: covers(await this.use.require(appId, subject.consentId), subject.account),
            identifier: subject.account,
            currency: undefined,
          };
    return this.use.call(consent, context, (provider, held) => {
      if (!provider.funds) {
        throw new Refusal('capability_unsupported', `The route over ${consent.provider} has no funds confirmation.`);
      }
      const { institutionReference } = held;
      const account = { identifier, currency };
      return provider.funds.confirm({ institutionReference, account, amount, consent: held }, context);
    });
  }

  private async shared(
    appId: string,
    accountId: string,
  ): Promise<{ consent: Consent; identifier: AccountIdentifier; currency: string | undefined }> {
    const { account, consent } = this.access.open(await this.access.find(appId, accountId, null), null);
    const identifier = accountSchemes
      .map((scheme) => account.identifiers.find((candidate) => candidate.scheme === scheme))
      .find((candidate) => candidate !== undefined);
    if (!identifier) {
      throw new Refusal(
        'capability_unsupported',
        'The bank gave no identifier of this account that could be asked about.',
      );
    }
    // XXX names an account with several currencies (ISO 4217): the bank picks by the amount.
    return { consent, identifier, currency: account.currency === 'XXX' ? undefined : account.currency };
  }
}

/** A consent over named accounts is good for those only. @throws Refusal `access_not_granted` */
function covers(consent: Consent, { scheme, value }: AccountIdentifier): Consent {
  const { accounts } = consent;
  if (!accounts || accounts.some((account) => account.scheme === scheme && account.value === value)) return consent;
  throw new Refusal('access_not_granted', 'The consent is over other accounts than this one.', {
    nextAction: { type: 'createConsent', href: '/v1/consents' },
  });
}
