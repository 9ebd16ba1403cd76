const NAME = /^[a-z0-9][a-z0-9-]{0,31}$/;
const MOST = 64;

/**
 * Several independent copies of one simulated upstream, each with its own state, made at first use.
 * The copy without a name is `default`.
 */
export class Instances<T> {
  private readonly made = new Map<string, T>();

  constructor(private readonly create: (name: string) => T) {}

  /** Undefined when the name is not well formed or too many copies exist. */
  find(name = 'default'): T | undefined {
    const existing = this.made.get(name);
    if (existing !== undefined) {
      return existing;
    }
    if (!NAME.test(name) || this.made.size >= MOST) {
      return undefined;
    }
    const instance = this.create(name);
    this.made.set(name, instance);
    return instance;
  }

  all(): ReadonlyMap<string, T> {
    return this.made;
  }

  /** Replaces a copy by a fresh one. */
  renew(name: string): T {
    const instance = this.create(name);
    this.made.set(name, instance);
    return instance;
  }
}
