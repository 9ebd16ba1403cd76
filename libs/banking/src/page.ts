/** Which part of a list is wanted. Keyset paging: no offsets, so a row that comes or goes moves no other. */
export interface PageRequest {
  /** Most rows to show. A service returns up to `limit + 1`: the extra one says that there are more. */
  readonly limit: number;
  /** Key of the last row of the page before, as the service's own order defines it; null: from the start. */
  readonly after: string | null;
}
