import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { type Failpoint } from '@tributary/platform';
import type { ChaosApp } from './app.js';
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

/** Longest time that a process lives after it is ready. */
const longestLifeMs: Readonly<Record<Victim, number>> = { api: 2_500, worker: 3_000, postgres: 8_000, redis: 4_000 };
/** How long a point stays armed that nobody comes by. */
const armedMs = 5_000;

/** Kills processes at random moments and at every failpoint, until there were enough. */
export class Storm {
  private readonly counts = { api: 0, worker: 0, postgres: 0, redis: 0 };
  private readonly hits: Partial<Record<Failpoint, number>> = {};
  private readonly apiDeaths: Date[] = [];
  private lastApi: number | undefined;
  private stopped = false;
  inFlightAtKills = 0;

  constructor(
    private readonly world: ChaosWorld,
    private readonly app: ChaosApp,
    private readonly wanted: number,
    private readonly seed: string,
  ) {}

  get kills(): Kills {
    return { ...this.counts, failpoints: { ...this.hits } };
  }

  get total(): number {
    const { api, worker, postgres, redis } = this.counts;
    return api + worker + postgres + redis + Object.values(this.hits).reduce((sum, hits) => sum + hits, 0);
  }

  /** Enough kills, and each failpoint was hit. */
  get enough(): boolean {
    return this.total >= this.wanted && this.world.bank.failpoints.every((name) => (this.hits[name] ?? 0) > 0);
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
      await Promise.all([...lanes.map((lane) => this.strikeAgain(lane)), this.armAgain(), this.endLeases()]);
    } finally {
      clearInterval(watching);
    }
    await Promise.all(['api', 'worker', 'worker-2'].map((name) => this.world.stack.ready(name)));
    await this.endLeasesOnce();
  }

  /** No further kills: there is nobody left to be disturbed. */
  stop(): void {
    this.stopped = true;
  }

  private async strikeAgain(lane: string): Promise<void> {
    const random = new SeededRandom(`${this.seed} ${lane}`);
    const victim: Victim = lane === 'worker-2' ? 'worker' : (lane as Victim);
    while (!this.over) {
      // While the api is down nothing is under way, and nobody gets up without the database.
      for (const name of new Set(['api', lane === 'worker-2' ? lane : 'worker'])) {
        await this.world.stack.ready(name).catch(() => undefined);
      }
      await this.sleep(random.next() * longestLifeMs[victim]);
      // Once there were enough, only failpoints that nobody came by are waited for.
      if (this.over || this.total >= this.wanted) continue;
      await this.strike(lane, victim);
    }
  }

  private async strike(lane: string, victim: Victim): Promise<void> {
    const { stack, redis } = this.world;
    const running = lane === 'redis' || stack.pid(lane) !== undefined;
    if (!running) return;
    this.counts[victim] += 1;
    this.world.log(`kill ${this.total}: ${lane}, ${this.app.inFlight} requests under way`);
    if (victim !== 'worker') this.inFlightAtKills += this.app.inFlight;
    if (lane === 'redis') return redis?.restart();
    stack.kill(lane, 'SIGKILL');
    if (lane === 'postgres') await stack.restart('postgres');
    else await pause(20);
  }

  private async armAgain(): Promise<void> {
    const random = new SeededRandom(`${this.seed} failpoints`);
    const { bank, failpointDir } = this.world;
    while (!this.over) {
      const missing = bank.failpoints.filter((name) => !this.hits[name]);
      for (const name of random.shuffled(missing.length > 0 ? missing : bank.failpoints)) {
        if (this.over) return;
        const file = path.join(failpointDir, name);
        fs.writeFileSync(file, '');
        for (let waited = 0; waited < armedMs && fs.existsSync(file) && !this.over; waited += 10) await pause(10);
        if (fs.existsSync(file)) {
          fs.rmSync(file, { force: true });
        } else {
          this.hits[name] = (this.hits[name] ?? 0) + 1;
          this.inFlightAtKills += this.app.inFlight;
          this.world.log(`kill ${this.total}: ${name}, ${this.app.inFlight} requests under way`);
        }
        await this.sleep(random.next() * 300);
      }
    }
  }

  private watch(): void {
    const now = this.world.stack.pid('api');
    if (this.lastApi !== undefined && now !== this.lastApi) this.apiDeaths.push(new Date());
    this.lastApi = now;
  }

  private async endLeases(): Promise<void> {
    while (!this.over) {
      await this.endLeasesOnce();
      await pause(50);
    }
  }

  private async endLeasesOnce(): Promise<void> {
    while (this.apiDeaths[0]) {
      try {
        await this.world.database.endLeasesOf(this.apiDeaths[0]);
        this.apiDeaths.shift();
      } catch {
        // PostgreSQL is dead too.
        return;
      }
    }
  }

  private async sleep(ms: number): Promise<void> {
    for (let waited = 0; waited < ms && !this.over; waited += 50) await pause(Math.min(50, ms - waited));
  }
}
