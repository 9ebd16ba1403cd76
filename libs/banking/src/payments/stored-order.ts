import type { AnyOrder, BulkItem } from '@tributary/domain';
import type { Payment, StoredItem } from '@tributary/persistence';

/** The order as the app gave it, with its amounts. */
export function orderOf({ order, items, amountMinor, currency }: Payment): AnyOrder {
  const amount = { minor: amountMinor, currency };
  if (!('itemCount' in order)) return { ...order, amount };
  const { itemCount: _, ...bulk } = order;
  return { ...bulk, amount, items: (items ?? []).map((item) => itemOf(item, currency)) };
}

/** An item of a bulk, with its amount. */
export function itemOf({ amountMinor, ...item }: StoredItem, currency: string): BulkItem {
  return { ...item, amount: { minor: BigInt(amountMinor), currency } };
}

/** How an order is stored: amounts and items have columns of their own. */
export function storedOrder(order: AnyOrder): Pick<Payment, 'kind' | 'order' | 'items' | 'amountMinor' | 'currency'> {
  const { minor: amountMinor, currency } = order.amount;
  if ('items' in order) {
    const { amount: _, items, ...bulk } = order;
    return {
      kind: 'bulk',
      order: { ...bulk, itemCount: items.length },
      items: items.map(({ amount, ...item }) => ({ ...item, amountMinor: amount.minor.toString() })),
      amountMinor,
      currency,
    };
  }
  const { amount: _, ...single } = order;
  return { kind: 'single', order: single, items: null, amountMinor, currency };
}
