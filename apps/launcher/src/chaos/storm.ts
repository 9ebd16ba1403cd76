import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { type Failpoint } from '@tributary/platform';
import type { ChaosApp } from './app.js';
import { brokenOff, deafened, type Death, dustMs, ordering, type Sender, senders } from './interruption.js';
import { SeededRandom } from './random.js';
import type { ChaosWorld } from './world.js';

type Victim = 'api' | 'worker' | 'postgres' | 'redis';

/** What died, and while how much was under way. */
export interface Kills {
  readonly api: number;
  readonly worker: number;
  readonly postgres: number;
  readonly redis: number;
  /** Deaths at failpoints; they are none of the above. */
  readonly failpoints: Readonly<Partial<Record<Failpoint, number>>>;
}

/**
 * Longest time that a process lives after it is ready. Workers die young: there are two of them; api and database must
 * live long enough for payments to go on.
 */
const longestLifeMs: Readonly<Record<Victim, number>> = { api: 6_000, worker: 1_000, postgres: 8_000, redis: 5_000 };
/** Points that are armed at once, each until somebody comes by, while there are some at which nobody has died; then one. */
const armers = 2;
/** Longest pause until another point is armed: short at first, then as long as payments need to go on. */
const armPauseMs = { missing: 500, met: 8_000 } as const;
/** How long points that nobody has come by are waited for, once there were enough kills; then the floor says so. */
const lastChanceMs = 120_000;
/** Those who also die at failpoints. PostgreSQL dies by its killer's hand alone. */
const watched = senders.filter((lane) => lane !== 'postgres');
/** How long a killer waits for requests to be under way. */
const idleMs = 2_000;

/**
 * Kills processes at random moments and at every failpoint, until there were enough. Each process has a killer of its
 * own, who waits for nobody but his victim: one dies while another gets up.
 */
export class Storm {
  private readonly counts = { api: 0, worker: 0, postgres: 0, redis: 0 };
  private readonly hits: Partial<Record<Failpoint, number>> = {};
  private readonly armed = new Set<Failpoint>();
  private readonly deaths: Death[] = [];
  /** So many of them have been looked at. */
  private noted = 0;
  private readonly living = new Map<Sender, number | undefined>();
  private stopped = false;
  inFlightAtKills = 0;
  /** Ids of payments of which an order was broken off: under way when somebody died, or answered later than we wait. */
  readonly interrupted = new Set<string>();

  constructor(
    private readonly world: ChaosWorld,
    private readonly app: ChaosApp,
    private readonly wanted: number,
    private readonly seed: string,
    /** Where processes are to die; each must be hit. */
    private readonly points: readonly Failpoint[] = world.bank.failpoints,
  ) {}

  private get timeoutMs(): number {
    return this.world.bank.timeoutSeconds * 1_000;
  }

  get kills(): Kills {
    return { ...this.counts, failpoints: { ...this.hits } };
  }

  get total(): number {
    const { api, worker, postgres, redis } = this.counts;
    return api + worker + postgres + redis + Object.values(this.hits).reduce((sum, hits) => sum + hits, 0);
  }

  /** Points at which nobody has died. */
  get missing(): readonly Failpoint[] {
    return this.points.filter((name) => !this.hits[name]);
  }

  /** Enough kills, and each failpoint was hit. */
  get enough(): boolean {
    return this.total >= this.wanted && this.missing.length === 0;
  }

  /** Nothing is killed any more. */
  get over(): boolean {
    return this.stopped || this.wanted === 0 || this.enough;
  }

  /** Ends with the storm: when there is enough, or nothing is left to be killed. */
  async rage(): Promise<void> {
    if (this.wanted === 0) return;
    const watching = setInterval(() => this.watch(), 10);
    const lanes = ['api', 'worker', 'worker-2', 'postgres', ...(this.world.redis ? ['redis'] : [])];
    try {
      await Promise.all([...lanes.map((lane) => this.strikeAgain(lane)), this.armAgain(), this.recordDeaths()]);
    } finally {
      clearInterval(watching);
    }
    await Promise.all(['api', 'worker', 'worker-2'].map((name) => this.world.stack.ready(name)));
    await pause(dustMs);
    await this.recordDeathsOnce();
  }

  /** When all is still: what a dead process had sent to a slow database is done by now too. */
  async lookBack(): Promise<void> {
    const { database, bank, institutionIds } = this.world;
    for (const sending of await database.unnotedSendings())
      if (brokenOff(sending, this.deaths, this.timeoutMs)) this.interrupted.add(sending.id);
    const ours = institutionIds.filter((_, number) => bank.connections[number]?.own === true);
    for (const sending of await database.failedSendings(ours))
      if (deafened(sending, this.deaths)) this.interrupted.add(sending.id);
    // A bank that has no core to run on is as late as one that means to be.
    for (const id of await database.waitedInVain(bank.timeoutSeconds)) this.interrupted.add(id);
  }

  /** No further kills: there is nobody left to be disturbed. */
  stop(): void {
    this.stopped = true;
  }

  private async strikeAgain(lane: string): Promise<void> {
    const random = new SeededRandom(`${this.seed} ${lane}`);
    const victim: Victim = lane === 'worker-2' ? 'worker' : (lane as Victim);
    while (!this.over) {
      // Nobody gets up without a database: it dies only after the api has.
      await this.world.stack.ready(victim === 'worker' ? lane : 'api').catch(() => undefined);
      await this.sleep(random.next() * longestLifeMs[victim]);
      // A death while nobody wants anything proves little.
      if (victim !== 'worker') await this.until(() => this.app.inFlight > 0, idleMs);
      // Once there were enough, only failpoints that nobody came by are waited for.
      if (this.over || this.total >= this.wanted) await pause(50);
      else await this.strike(lane, victim);
    }
  }

  private async strike(lane: string, victim: Victim): Promise<void> {
    const { stack, redis } = this.world;
    const running = lane === 'redis' || stack.pid(lane) !== undefined;
    if (!running) return;
    this.counts[victim] += 1;
    this.died(lane);
    if (lane === 'redis') return redis?.restart();
    const pid = stack.pid(lane);
    const since = new Date();
    stack.kill(lane, 'SIGKILL');
    if (lane === 'postgres') {
      await stack.restart('postgres');
      this.deaths.push({ since, at: new Date(), victim: 'postgres' });
    }
    // Not asked for again before it is another process: the dead one's port may still answer.
    else await this.until(() => stack.pid(lane) !== pid && stack.pid(lane) !== undefined, idleMs);
  }

  private async armAgain(): Promise<void> {
    const random = new SeededRandom(`${this.seed} failpoints`);
    let queue: Failpoint[] = [];
    const next = (): Failpoint | undefined => {
      if (queue.length === 0) queue = random.shuffled(this.missing.length > 0 ? this.missing : this.points);
      return queue.pop();
    };
    const lane = async (first: boolean): Promise<void> => {
      while (!this.over) {
        const met = this.missing.length === 0;
        const name = met && !first ? undefined : next();
        if (name !== undefined && !this.armed.has(name)) await this.arm(name);
        await this.sleep(50 + random.next() * (met ? armPauseMs.met : armPauseMs.missing));
      }
    };
    const lanes = Array.from({ length: armers }, (_, number) => lane(number === 0));
    await Promise.all([...lanes, this.lastChance()]);
  }

  /** There were enough kills: what nobody comes by now, nobody ever will. */
  private async lastChance(): Promise<void> {
    while (!this.over && this.total < this.wanted) await pause(100);
    await this.sleep(lastChanceMs);
    this.stop();
  }

  private async arm(name: Failpoint): Promise<void> {
    const file = path.join(this.world.failpointDir, name);
    this.armed.add(name);
    fs.writeFileSync(file, '');
    await this.until(() => !fs.existsSync(file), Infinity, 10);
    this.armed.delete(name);
    if (disarm(file)) return;
    this.hits[name] = (this.hits[name] ?? 0) + 1;
    this.died(name);
  }

  private died(where: string): void {
    this.inFlightAtKills += this.app.inFlight;
    this.world.log(`kill ${this.total}: ${where}, ${this.app.inFlight} requests under way`);
  }

  private watch(): void {
    const at = new Date();
    for (const lane of watched) {
      const pid = this.world.stack.pid(lane);
      const last = this.living.get(lane);
      if (last !== undefined && pid !== last) this.deaths.push({ since: at, at, victim: lane });
      this.living.set(lane, pid);
    }
  }

  private async recordDeaths(): Promise<void> {
    while (!this.over) {
      await this.recordDeathsOnce();
      await pause(50);
    }
  }

  /** Notes which orders a death broke off; what a dead api had in hand is nobody's from then on. */
  private async recordDeathsOnce(): Promise<void> {
    const { database } = this.world;
    const next = () => this.deaths[this.noted];
    for (let death = next(); death && Date.now() - death.at.getTime() >= dustMs; death = next()) {
      try {
        for (const order of await database.writtenOrders())
          if (ordering(order, death, this.timeoutMs)) this.interrupted.add(order.id);
        if (death.victim === 'api') await database.endLeasesOf(death.at);
        this.noted += 1;
      } catch {
        // PostgreSQL is dead too.
        return;
      }
    }
  }

  private sleep(ms: number): Promise<void> {
    return this.until(() => false, ms, 50);
  }

  /** Waits until something holds, for so long at most, and not beyond the end of the storm. */
  private async until(holds: () => boolean, ms: number, everyMs = 20): Promise<void> {
    for (let waited = 0; waited < ms && !holds() && !this.over; waited += everyMs) await pause(everyMs);
  }
}

/** @returns whether it was still armed */
function disarm(file: string): boolean {
  try {
    fs.unlinkSync(file);
    return true;
  } catch {
    return false;
  }
}
