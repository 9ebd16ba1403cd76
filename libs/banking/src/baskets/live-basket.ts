import type { EntityManager } from 'typeorm';

/** Of these payments and consents, those that wait in a signing basket. */
export async function inLiveBasket(manager: EntityManager, memberIds: readonly string[]): Promise<readonly string[]> {
  const rows = await manager.query<{ member_id: string }[]>(
    `SELECT member.member_id FROM basket_members AS member JOIN signing_baskets AS basket ON basket.id = member.basket_id
     WHERE member.member_id = ANY($1) AND basket.status IN ('created', 'awaitingAuthorisation')`,
    [memberIds],
  );
  return rows.map((row) => row.member_id);
}
