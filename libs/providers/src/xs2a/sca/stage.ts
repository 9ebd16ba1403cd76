import type { NextStep, ScaStatus } from '@tributary/domain';

/** The order of the stages of an SCA (1.3.11, schema scaStatus); which of them a bank shows is up to it. */
const stages: Readonly<Record<ScaStatus, number>> = {
  received: 0,
  psuIdentified: 1,
  psuAuthenticated: 2,
  scaMethodSelected: 3,
  started: 3,
  unconfirmed: 4,
  finalised: 5,
  exempted: 5,
  failed: 5,
};

/** The last stage at which a step can be open. A redirect and a wait last until the end. */
const lastStage: Readonly<Partial<Record<NextStep['type'], ScaStatus>>> = {
  credentials: 'psuIdentified',
  selectMethod: 'psuAuthenticated',
  challenge: 'unconfirmed',
};

/**
 * Whether an SCA has gone beyond the step that we hold, so that the bank has the answer to it and we do not have what the
 * bank said then. A bank that shows a later stage from the beginning on is taken at its word.
 * @param askedAt the stage at which the bank asked for the step; null where it named none
 */
export function isBeyond(status: ScaStatus | null, step: NextStep | null, askedAt: ScaStatus | null): boolean {
  const last = step === null ? undefined : lastStage[step.type];
  if (status === null || last === undefined) return false;
  return stages[status] > Math.max(stages[last], askedAt === null ? 0 : stages[askedAt]);
}
