import { Injectable } from '@nestjs/common';
import { awaitsPsu } from '@tributary/domain';
import {
  AuthorisationEntity,
  BasketMemberEntity,
  type Consent,
  ConsentEntity,
  type Payment,
  PaymentEntity,
} from '@tributary/persistence';
import type { HeldBasket } from '@tributary/providers';
import { DataSource, type EntityManager, In } from 'typeorm';
import { HeldConsents } from '../consents/held-consents.js';
import { HeldPayments } from '../payments/held-payments.js';
import { notFound, Refusal, type RefusalDetails } from '../refusal.js';
import { inLiveBasket } from './live-basket.js';

/** What is in a basket. */
export interface Members {
  readonly payments: readonly Payment[];
  readonly consents: readonly Consent[];
}

type Fault = NonNullable<RefusalDetails['errors']>[number];

/** Finds, checks and holds what a basket groups. */
@Injectable()
export class BasketMembers {
  constructor(
    private readonly database: DataSource,
    private readonly heldPayments: HeldPayments,
    private readonly heldConsents: HeldConsents,
  ) {}

  /** @throws Refusal `not_found` unless all of them belong to the app */
  async find(
    appId: string,
    { paymentIds, consentIds }: { readonly paymentIds: readonly string[]; readonly consentIds: readonly string[] },
  ): Promise<Members> {
    const [payments, consents] = await Promise.all([
      this.database.getRepository(PaymentEntity).findBy({ appId, id: In([...paymentIds]) }),
      this.database.getRepository(ConsentEntity).findBy({ appId, id: In([...consentIds]) }),
    ]);
    if (payments.length !== new Set(paymentIds).size || consents.length !== new Set(consentIds).size) throw notFound();
    return { payments: inOrder(payments, paymentIds), consents: inOrder(consents, consentIds) };
  }

  /** Members of a stored basket. */
  async of(basketId: string): Promise<Members> {
    const rows = await this.database.getRepository(BasketMemberEntity).findBy({ basketId });
    const id = In(rows.map(({ memberId }) => memberId));
    const order = { id: 'ASC' } as const;
    const [payments, consents] = await Promise.all([
      this.database.getRepository(PaymentEntity).find({ where: { id }, order }),
      this.database.getRepository(ConsentEntity).find({ where: { id }, order }),
    ]);
    return { payments, consents };
  }

  async hold({ payments, consents }: Members): Promise<Pick<HeldBasket, 'payments' | 'consents'>> {
    return {
      payments: await Promise.all(payments.map((payment) => this.heldPayments.hold(payment))),
      consents: await Promise.all(consents.map((consent) => this.heldConsents.hold(consent))),
    };
  }

  /**
   * Refuses members that no bank could sign together, naming each.
   * @throws Refusal `conflict`
   */
  async check({ payments, consents }: Members): Promise<void> {
    const [first] = [...payments, ...consents];
    const started = await this.started([...payments, ...consents].map(({ id }) => id));
    const errors: Fault[] = [];
    const judge = (list: string, position: number, one: Payment | Consent, waits: boolean): void => {
      const fault = faultOf(one, first, waits, started);
      if (fault !== null) errors.push({ pointer: `/${list}/${position}`, ...fault });
    };
    payments.forEach((payment, position) =>
      judge('paymentIds', position, payment, !payment.final && awaitsPsu(payment.isoStatus)),
    );
    consents.forEach((consent, position) =>
      judge('consentIds', position, consent, consent.status === 'awaitingAuthorisation'),
    );
    if (errors.length > 0) refuse(errors);
  }

  /**
   * Puts them in, in the caller's transaction. Of two baskets made at once with one member, the second is refused.
   * @throws Refusal `conflict`
   */
  async put(manager: EntityManager, basketId: string, appId: string, { payments, consents }: Members): Promise<void> {
    const [paymentIds, consentIds] = [payments.map(({ id }) => id), consents.map(({ id }) => id)];
    await manager.query('SELECT 1 FROM payments WHERE id = ANY($1) ORDER BY id FOR UPDATE', [paymentIds]);
    await manager.query('SELECT 1 FROM consents WHERE id = ANY($1) ORDER BY id FOR UPDATE', [consentIds]);
    const ids = [...paymentIds, ...consentIds];
    const taken = await inLiveBasket(manager, ids);
    if (taken.length > 0) {
      const pointerTo = (id: string): string =>
        paymentIds.includes(id) ? `/paymentIds/${paymentIds.indexOf(id)}` : `/consentIds/${consentIds.indexOf(id)}`;
      refuse(taken.map((id) => ({ pointer: pointerTo(id), code: 'conflict', message: 'is in another basket' })));
    }
    await manager.query(
      'INSERT INTO basket_members (basket_id, member_id, app_id) SELECT $1, id, $3 FROM unnest($2::text[]) AS id',
      [basketId, ids, appId],
    );
  }

  /** Those whose own SCA has begun. A login that came before them is none: the bank has no SCA of that. */
  private async started(ids: readonly string[]): Promise<ReadonlySet<string>> {
    const rows = await this.database
      .getRepository(AuthorisationEntity)
      .createQueryBuilder('authorisation')
      .where('authorisation.subjectId = ANY(:ids) AND authorisation.continuationEnvelope IS NOT NULL', { ids })
      .andWhere(`NOT (authorisation.reference IS NULL AND authorisation.scaStatus = 'finalised')`)
      .getMany();
    return new Set(rows.map(({ subjectId }) => subjectId));
  }
}

function faultOf(
  one: Payment | Consent,
  first: Payment | Consent | undefined,
  waits: boolean,
  started: ReadonlySet<string>,
): Omit<Fault, 'pointer'> | null {
  if (!one.signInBasket) return { code: 'conflict', message: 'was not made with signInBasket' };
  if (one.reference === null) return { code: 'conflict', message: 'is not at the bank yet' };
  if (!waits) return { code: 'conflict', message: 'does not wait for an authorisation' };
  if (started.has(one.id)) return { code: 'conflict', message: 'has an authorisation of its own' };
  if (one.connectionId === first?.connectionId && one.institutionId === first.institutionId) return null;
  return { code: 'conflict', message: 'is at another bank than the first member' };
}

function refuse(errors: readonly Fault[]): never {
  throw new Refusal('conflict', 'Not all members can be signed together: see "errors".', {
    errors: errors.slice(0, 50),
  });
}

function inOrder<One extends { readonly id: string }>(found: readonly One[], ids: readonly string[]): One[] {
  return found.toSorted((a, b) => ids.indexOf(a.id) - ids.indexOf(b.id));
}
