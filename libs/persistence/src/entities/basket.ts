import type { BasketState, Disclosure, ScaApproach } from '@tributary/domain';
import { EntitySchema } from 'typeorm';
import { id, instant, integer, optionalJson, optionalText, refers, text } from '../column.js';

/** Payments and consents that a PSU authorises with one SCA. */
export interface SigningBasket {
  id: string;
  appId: string;
  institutionId: string;
  connectionId: string;
  provider: string;
  /** Who signs. */
  psuId: string;
  psuCorporateId: string | null;
  status: BasketState;
  /** The upstream's own word. */
  upstreamStatus: string | null;
  redirectUri: string;
  appState: string | null;
  scaPreference: ScaApproach | null;
  reference: string | null;
  continuationEnvelope: string | null;
  disclosure: Disclosure | null;
  authorisationId: string | null;
  version: number;
  createdAt: Date;
  updatedAt: Date;
}

export const SigningBasketEntity = new EntitySchema<SigningBasket>({
  name: 'SigningBasket',
  tableName: 'signing_baskets',
  columns: {
    id,
    appId: text,
    institutionId: text,
    connectionId: text,
    provider: text,
    psuId: text,
    psuCorporateId: optionalText,
    status: text,
    upstreamStatus: optionalText,
    redirectUri: text,
    appState: optionalText,
    scaPreference: optionalText,
    reference: optionalText,
    continuationEnvelope: optionalText,
    disclosure: optionalJson,
    authorisationId: optionalText,
    version: integer,
    createdAt: instant,
    updatedAt: instant,
  },
  foreignKeys: [refers('appId', 'App'), refers('institutionId', 'Institution'), refers('connectionId', 'Connection')],
});

/** What is in a basket: the id of a payment, a bulk payment or a consent. In one live basket at most. */
export interface BasketMember {
  basketId: string;
  memberId: string;
  appId: string;
}

export const BasketMemberEntity = new EntitySchema<BasketMember>({
  name: 'BasketMember',
  tableName: 'basket_members',
  columns: { basketId: id, memberId: id, appId: text },
  indices: [{ name: 'basket_members_member', columns: ['memberId'] }],
  foreignKeys: [refers('basketId', 'SigningBasket')],
});
