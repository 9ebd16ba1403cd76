import type { NextStep, ObservationSource, ScaApproach } from '@tributary/domain';
import type { Authorisation } from '@tributary/persistence';
import type {
  AuthorisationSnapshot,
  AuthorisationSubject,
  CallContext,
  ProviderError,
  Psu,
  TokenStore,
} from '@tributary/providers';

export type SubjectType = Authorisation['subjectType'];

/** What an authorisation is about, as the authorisations need it: each type registers one. */
export interface SubjectHandler {
  readonly type: SubjectType;
  /** The subject as its provider wants it, and where its PSU goes back to. */
  load(subjectId: string): Promise<LoadedSubject>;
  /**
   * The SCA moved (or was asked about): bring the subject up to date with the upstream.
   * @returns `ask-again` where the SCA is over and the upstream's word about the subject is still to come: the worker
   * then asks again
   */
  moved(
    subjectId: string,
    snapshot: AuthorisationSnapshot,
    source: ObservationSource,
    context: CallContext,
  ): Promise<void | 'ask-again'>;
  /** The upstream refused to speak about the SCA: what it says about the subject by that. */
  refused?(subjectId: string, error: ProviderError, source: ObservationSource, context: CallContext): Promise<void>;
  /** Nobody finished the SCA in its time, and no other one is open; nothing more is heard of it. */
  lapsed?(subjectId: string): Promise<void>;
  /** The subject's status in the words of the REST contract, for the PSU's way back to the app. */
  status(subjectId: string): Promise<string>;
}

export interface LoadedSubject {
  readonly subject: AuthorisationSubject;
  readonly scaPreference: ScaApproach | undefined;
  readonly redirectUri: string;
  /** The app's own `state`, handed back untouched. */
  readonly appState: string | null;
  /** The query parameter of the app's redirect URI that carries the subject's id. */
  readonly returnedAs: 'consentId' | 'paymentId' | 'basketId';
}

/** The subject as the one who authorises it sees it: where several have to, each with their own name and tokens. */
export function signedBy(
  subject: AuthorisationSubject,
  { psuId, psuCorporateId }: SignerColumns,
  tokens: TokenStore,
): AuthorisationSubject {
  if (psuId === null) return subject;
  const own = { psu: { id: psuId, corporateId: psuCorporateId ?? undefined } satisfies Psu, tokens };
  switch (subject.type) {
    case 'consent':
      return { ...subject, consent: { ...subject.consent, ...own } };
    case 'payment':
    case 'cancellation':
      return { ...subject, payment: { ...subject.payment, ...own } };
    case 'basket':
      return { ...subject, basket: { ...subject.basket, ...own } };
  }
}

/**
 * Whose tokens an SCA brings: those of the subject's own PSU are the subject's, and open what it grants; another signer's
 * are good for their own SCA alone.
 */
export function granteeOf({ id, subjectId, psuId }: Pick<Authorisation, 'id' | 'subjectId' | 'psuId'>): string {
  return psuId === null ? subjectId : id;
}

type SignerColumns = Pick<Authorisation, 'psuId' | 'psuCorporateId'>;

/** Somebody else than the subject's own PSU; undefined where it is the same. */
export function otherSigner(own: SignerColumns, psu: Psu | undefined): Psu | undefined {
  const same = psu?.id === own.psuId && (psu.corporateId ?? null) === own.psuCorporateId;
  return same ? undefined : psu;
}

/** Neither the subject nor its SCA has reached the upstream. */
export function nothingToAsk(
  row: Pick<Authorisation, 'reference' | 'continuationEnvelope'>,
  subject: AuthorisationSubject,
): boolean {
  return referenceOf(subject) === null && row.reference === null && row.continuationEnvelope === null;
}

/** The upstream has the subject, but its SCA was never opened: the call for it failed, or its process died before. */
export function neverStarted(
  row: Pick<Authorisation, 'reference' | 'continuationEnvelope'>,
  subject: AuthorisationSubject,
): boolean {
  return referenceOf(subject) !== null && row.reference === null && row.continuationEnvelope === null;
}

function referenceOf(subject: AuthorisationSubject): string | null {
  switch (subject.type) {
    case 'consent':
      return subject.consent.reference;
    case 'payment':
    case 'cancellation':
      return subject.payment.reference;
    case 'basket':
      return subject.basket.reference;
  }
}

/** The same step once more, after a wrong answer to it. */
export function again(step: NextStep | null): NextStep | null {
  return step?.type === 'credentials' || step?.type === 'challenge' ? { ...step, isRetry: true } : step;
}

/** The app's own URI stays as it was registered, character by character; our parameters are added behind. */
export function wayBack(subjectId: string, loaded: LoadedSubject, status: string): string {
  const added = new URLSearchParams({ [loaded.returnedAs]: subjectId, status });
  if (loaded.appState !== null) added.set('state', loaded.appState);
  const [uri = '', fragment] = loaded.redirectUri.split('#', 2);
  const joint = !uri.includes('?') ? '?' : /[?&]$/.test(uri) ? '' : '&';
  return `${uri}${joint}${added.toString()}${fragment === undefined ? '' : `#${fragment}`}`;
}
