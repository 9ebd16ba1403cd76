import type { ObservationSource } from '@tributary/domain';
import type { AuthorisationSnapshot, AuthorisationSubject, CallContext, ProviderError } from '@tributary/providers';

/** What an authorisation is about, as the authorisations need it: consents and payments each register one. */
export interface SubjectHandler {
  readonly type: 'consent' | 'payment';
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
  /** Nobody finished the SCA in its time; nothing more is heard of it. */
  lapsed?(subjectId: string): Promise<void>;
  /** The subject's status in the words of the REST contract, for the PSU's way back to the app. */
  status(subjectId: string): Promise<string>;
}

export interface LoadedSubject {
  readonly subject: AuthorisationSubject;
  readonly appId: string;
  readonly connectionId: string;
  readonly redirectUri: string;
  /** The app's own `state`, handed back untouched. */
  readonly appState: string | null;
}
