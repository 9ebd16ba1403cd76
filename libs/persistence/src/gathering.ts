interface Waiting<Answer> {
  readonly key: string;
  readonly found: (answer: Answer | undefined) => void;
  readonly failed: (error: unknown) => void;
}

/** Keys of one statement; more go into a further one. */
const most = 500;

/**
 * Answers look-ups that come at the same time with one statement. Each is answered by a statement that was sent after it came, so
 * that nobody sees an older state of the database than with a statement of their own; a lone one waits for no other. What is
 * asked for different owners never shares a statement.
 */
export class Gathering<Answer> {
  private readonly gathered = new Map<string, Waiting<Answer>[]>();

  /** @param ask one statement for one owner: the answers by key, without those that are not there */
  constructor(private readonly ask: (owner: string, keys: readonly string[]) => Promise<ReadonlyMap<string, Answer>>) {}

  /** @returns undefined for a key that is not there */
  find(owner: string, key: string): Promise<Answer | undefined> {
    return new Promise((found, failed) => {
      let waiting = this.gathered.get(owner);
      if (waiting === undefined || waiting.length === most) {
        const batch: Waiting<Answer>[] = [];
        waiting = batch;
        this.gathered.set(owner, batch);
        // After what the sockets have brought in this turn of the event loop.
        setImmediate(() => void this.answer(owner, batch));
      }
      waiting.push({ key, found, failed });
    });
  }

  private async answer(owner: string, batch: readonly Waiting<Answer>[]): Promise<void> {
    if (this.gathered.get(owner) === batch) this.gathered.delete(owner);
    try {
      const answers = await this.ask(owner, [...new Set(batch.map(({ key }) => key))]);
      for (const { key, found } of batch) found(answers.get(key));
    } catch (error) {
      for (const { failed } of batch) failed(error);
    }
  }
}
