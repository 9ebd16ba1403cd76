/** One line of a story's table. */
export interface Step {
  readonly what: string;
  readonly result: string;
  readonly ms: number;
}

/** Something was not as the demo expects it: the demo fails, with this sentence. */
export class Unexpected extends Error {
  override readonly name = 'Unexpected';
}

/** Fails the story unless `holds`. */
export function expectThat(holds: boolean, expectation: string): asserts holds {
  if (!holds) throw new Unexpected(`expected ${expectation}`);
}

/** Tells one story: does its steps one after the other and prints a table of them. */
export class Story {
  private readonly steps: Step[] = [];

  constructor(
    readonly title: string,
    private readonly print: (line: string) => void,
  ) {
    print('');
    print(title);
    print('-'.repeat(title.length));
  }

  /** Does a step, prints it as it ends. `say` puts its result into words. */
  async step<Result>(what: string, act: () => Promise<Result>, say: (result: Result) => string): Promise<Result> {
    const begun = performance.now();
    const result = await act();
    const step = { what, result: say(result), ms: Math.round(performance.now() - begun) };
    this.steps.push(step);
    this.print(`  ${step.what.padEnd(34)} ${step.result.padEnd(62)} ${String(step.ms).padStart(6)} ms`);
    return result;
  }

  /** Rows below the steps, each cell as wide as its column needs. */
  table(heads: readonly string[], rows: readonly (readonly string[])[]): void {
    const widths = heads.map((head, column) => Math.max(head.length, ...rows.map((row) => (row[column] ?? '').length)));
    const line = (row: readonly string[]) =>
      `      ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')}`.trimEnd();
    this.print(line(heads));
    this.print(line(widths.map((width) => '-'.repeat(width))));
    for (const row of rows) this.print(line(row));
  }
}

/** Asks again until the answer is good enough; the demo never waits for ever. */
export async function until<Result>(
  ask: () => Promise<Result>,
  enough: (result: Result) => boolean,
  seconds: number,
): Promise<Result> {
  const endAt = performance.now() + seconds * 1_000;
  for (;;) {
    const result = await ask();
    if (enough(result)) return result;
    if (performance.now() > endAt) throw new Unexpected(`not there after ${seconds} s: ${JSON.stringify(result)}`);
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}
