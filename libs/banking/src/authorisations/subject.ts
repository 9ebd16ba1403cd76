import type { ObservationSource } from '@tributary/domain';
import type { AuthorisationSnapshot, AuthorisationSubject, CallContext } from '@tributary/providers';

/** What an authorisation is about, as the authorisations need it: consents and payments each register one. */
export interface SubjectHandler {
  readonly type: 'consent' | 'payment';
  /** The subject as its provider wants it, and where its PSU goes back to. */
  load(subjectId: string): Promise<LoadedSubject>;
  /** The SCA moved (or was asked about): bring the subject up to date with the upstream. */
  moved(
    subjectId: string,
    snapshot: AuthorisationSnapshot,
    source: ObservationSource,
    context: CallContext,
  ): Promise<void>;
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
