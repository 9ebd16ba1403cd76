// Figures of several rounds.
export function median(values) {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/**
 * A goal as it is printed. `ratios` are those of single rounds, product to peer; a goal without a peer has its figure there.
 * @param must `{ atLeast }` or `{ atMost }`; absent: for information
 */
export function goal({ name, unit = '', product = [], peer = [], ratios, must, note = '' }) {
  const figure = median(ratios);
  const pass = must === undefined ? null : 'atLeast' in must ? figure >= must.atLeast : figure <= must.atMost;
  return { name, unit, product, peer, ratios, must, note, figure, pass };
}

/** Product to peer, round by round. */
export const ratiosOf = (product, peer) => product.map((value, round) => value / peer[round]);

/** Which of the contestants begins changes from round to round, so that no one always has the warmer machine. */
export const inTurn = (contestants, round) => (round % 2 === 0 ? contestants : contestants.toReversed());
