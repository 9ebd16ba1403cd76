import { Injectable } from '@nestjs/common';
import { basketIsFinal, scaStatuses } from '@tributary/domain';
import { type SigningBasket, SigningBasketEntity } from '@tributary/persistence';
import type { AuthorisationSnapshot, CallContext } from '@tributary/providers';
import type { ObservationSource } from '@tributary/domain';
import { DataSource } from 'typeorm';
import { AuthorisationsService } from '../authorisations/authorisations.service.js';
import type { LoadedSubject, SubjectHandler } from '../authorisations/subject.js';
import { ConsentSubject } from '../consents/consent-subject.js';
import { BasketMembers } from './basket-members.js';
import { BasketObserver } from './basket-observer.js';

/** What an SCA does to its basket: the upstream is asked how the basket stands, then how its members do. */
@Injectable()
export class BasketSubject implements SubjectHandler {
  readonly type = 'basket';

  constructor(
    private readonly database: DataSource,
    private readonly observer: BasketObserver,
    private readonly members: BasketMembers,
    private readonly consents: ConsentSubject,
    authorisations: AuthorisationsService,
  ) {
    authorisations.register(this);
  }

  async load(subjectId: string): Promise<LoadedSubject> {
    const basket = await this.find(subjectId);
    return {
      subject: { type: 'basket', basket: await this.observer.hold(basket) },
      scaPreference: basket.scaPreference ?? undefined,
      redirectUri: basket.redirectUri,
      appState: basket.appState,
      returnedAs: 'basketId',
    };
  }

  async moved(
    subjectId: string,
    { scaStatus }: AuthorisationSnapshot,
    source: ObservationSource,
    context: CallContext,
  ): Promise<void | 'ask-again'> {
    const basket = await this.find(subjectId);
    const over = scaStatus !== null && scaStatuses[scaStatus].final;
    if (!over && source !== 'callback') return undefined;
    if (basketIsFinal(basket.status)) {
      return (await this.observer.askMembers(basket, context)) ? undefined : 'ask-again';
    }
    const after = await this.observer.refresh(basket, context);
    // The worker looks again: at the basket, and then until its members have followed.
    return over && after.status !== 'rejected' ? 'ask-again' : undefined;
  }

  /** Nobody signed: the basket is given up, and with it the consents that waited in it. */
  async lapsed(subjectId: string): Promise<void> {
    const basket = await this.find(subjectId);
    if (basketIsFinal(basket.status)) return;
    await this.observer.observe(subjectId, { state: 'failed', upstreamStatus: null });
    for (const consent of (await this.members.of(subjectId)).consents) await this.consents.lapsed(consent.id);
  }

  async status(subjectId: string): Promise<string> {
    return (await this.find(subjectId)).status;
  }

  private find(id: string): Promise<SigningBasket> {
    return this.database.getRepository(SigningBasketEntity).findOneByOrFail({ id });
  }
}
