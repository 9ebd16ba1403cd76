import type { NextStep } from '@tributary/domain';
import type { SubjectAuthorisation } from './authorisations.service.js';
import type { SubjectType } from './subject.js';

/** What to do next about a subject: the newest open step of this type. @param authorisations oldest first */
export function openStep(authorisations: readonly SubjectAuthorisation[], type: SubjectType): NextStep | null {
  return (
    authorisations.findLast(({ subjectType, nextStep }) => subjectType === type && nextStep !== null)?.nextStep ?? null
  );
}

/** Ids of the authorisations of this type, oldest first. */
export function authorisationIds(authorisations: readonly SubjectAuthorisation[], type: SubjectType): string[] {
  return authorisations.flatMap(({ id, subjectType }) => (subjectType === type ? [id] : []));
}
