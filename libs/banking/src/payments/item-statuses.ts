import { judgeStatus } from '@tributary/domain';
import type { ItemStatus, Payment } from '@tributary/persistence';
import type { ItemSnapshot } from '@tributary/providers';

/** Whether the upstream names an item that the order does not have. */
export function namesStranger({ items }: Payment, said: readonly ItemSnapshot[] | undefined): boolean {
  if (said === undefined || said.length === 0) return false;
  const known = new Set((items ?? []).map((item) => item.endToEndId));
  return said.some(({ endToEndId }) => !known.has(endToEndId));
}

/**
 * What is known of the items after the upstream said something about some of them. Each follows the same order of
 * statuses as a payment: a rank never falls, a final status stays.
 * @returns the held list itself where nothing is new
 */
export function itemsAfter(
  held: readonly ItemStatus[] | null,
  said: readonly ItemSnapshot[] | undefined,
): readonly ItemStatus[] | null {
  if (said === undefined || said.length === 0) return held;
  const items = new Map((held ?? []).map((item) => [item.endToEndId, item]));
  let news = false;
  for (const one of said) {
    const before = items.get(one.endToEndId);
    const after = itemAfter(before, one);
    if (after === before) continue;
    items.set(one.endToEndId, after);
    news = true;
  }
  return news ? [...items.values()] : held;
}

function itemAfter(before: ItemStatus | undefined, said: ItemSnapshot): ItemStatus {
  const { applied } = judgeStatus(before?.isoStatus ?? null, said.status);
  const after: ItemStatus = {
    endToEndId: said.endToEndId,
    reference: said.reference ?? before?.reference ?? null,
    isoStatus: applied ? said.status : (before?.isoStatus ?? null),
    isoReason: applied ? (said.reason ?? before?.isoReason ?? null) : (before?.isoReason ?? null),
    upstreamStatus: said.upstreamStatus,
  };
  const same =
    before !== undefined &&
    before.reference === after.reference &&
    before.isoStatus === after.isoStatus &&
    before.isoReason === after.isoReason &&
    before.upstreamStatus === after.upstreamStatus;
  return same ? before : after;
}
