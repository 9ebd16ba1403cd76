import { examine, type Finding } from '../tribe-agreement.js';
import { type Exchange, tapWire, type WireTap } from '../wire-tap.js';
import { TribeHub } from './tribe-hub.js';
import type { World } from './world.js';

/** A simulated hub behind a wire that is listened to, in both directions. */
export class TribeWire {
  /** Asked by a test, as it liked. */
  private readonly answersCount = new Set<Exchange>();

  private constructor(
    readonly hub: TribeHub,
    /** Where the hub reaches us. */
    readonly webhooksAt: string,
    private readonly taps: readonly WireTap[],
  ) {}

  static async open({ stack }: World, name: string): Promise<TribeWire> {
    const [toHub, toUs] = await Promise.all([tapWire(stack.sandboxUrl), tapWire(stack.apiUrl)]);
    return new TribeWire(new TribeHub(toHub.url, name), toUs.url, [toHub, toUs]);
  }

  get exchanges(): readonly Exchange[] {
    return this.taps.flatMap(({ exchanges }) => exchanges);
  }

  /** What is asked meanwhile may be wrong: only the answers count. */
  async answersOf<T>(act: () => Promise<T>): Promise<T> {
    const before = new Set(this.exchanges);
    const done = await act();
    for (const exchange of this.exchanges) if (!before.has(exchange)) this.answersCount.add(exchange);
    return done;
  }

  /** Everything that was said on Tribe's planes. */
  findings(): readonly Finding[] {
    return this.exchanges.flatMap((exchange) => {
      const finding = examine(exchange);
      if (finding === null) return [];
      return this.answersCount.has(exchange) ? { ...finding, request: [] } : finding;
    });
  }

  /** In what it departs from Tribe's documents, beyond what is explained. */
  departures(): readonly string[] {
    const all = this.findings().flatMap((finding) => {
      const name = `${finding.operation?.name ?? finding.plane} (${finding.status})`;
      return (['request', 'answer'] as const).flatMap((side) =>
        finding[side].map((fault) => `${name}, ${side}: ${fault}`),
      );
    });
    return [...new Set(all)];
  }

  close(): Promise<unknown> {
    return Promise.all(this.taps.map((tap) => tap.close()));
  }
}
