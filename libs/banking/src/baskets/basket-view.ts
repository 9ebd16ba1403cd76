import type { BasketState, NextStep } from '@tributary/domain';
import type { SigningBasket } from '@tributary/persistence';
import type { SubjectAuthorisation } from '../authorisations/authorisations.service.js';
import { authorisationIds, openStep } from '../authorisations/open-step.js';
import { type DisclosureView, viewDisclosure } from '../disclosure.js';

/** A signing basket in the words of the REST contract. */
export interface BasketView extends DisclosureView {
  readonly id: string;
  readonly institutionId: string;
  readonly provider: string;
  readonly connectionId: string;
  readonly psuId: string;
  readonly status: BasketState;
  readonly upstreamStatus: string | null;
  readonly reference: string | null;
  readonly paymentIds: readonly string[];
  readonly consentIds: readonly string[];
  /** The newest one. */
  readonly authorisationId: string | null;
  /** One per signer and try, oldest first. */
  readonly authorisationIds: readonly string[];
  readonly nextStep: NextStep | null;
  readonly createdAt: string;
  readonly updatedAt: string;
}

export function viewBasket(
  basket: SigningBasket,
  { paymentIds, consentIds }: { readonly paymentIds: readonly string[]; readonly consentIds: readonly string[] },
  authorisations: readonly SubjectAuthorisation[],
): BasketView {
  return {
    ...viewDisclosure(basket.disclosure),
    id: basket.id,
    institutionId: basket.institutionId,
    provider: basket.provider,
    connectionId: basket.connectionId,
    psuId: basket.psuId,
    status: basket.status,
    upstreamStatus: basket.upstreamStatus,
    reference: basket.reference,
    paymentIds,
    consentIds,
    authorisationId: basket.authorisationId,
    authorisationIds: authorisationIds(authorisations, 'basket'),
    nextStep: openStep(authorisations, 'basket'),
    createdAt: basket.createdAt.toISOString(),
    updatedAt: basket.updatedAt.toISOString(),
  };
}
