import type { VirtualClock } from './clock.js';
import { Shape, ShapeError } from './shape.js';

export function clockView(clock: VirtualClock): Record<string, unknown> {
  return { now: clock.now().toISOString(), today: clock.today(), stopped: clock.stopped };
}

/**
 * Moves a clock as the control API is asked to: one of `advanceSeconds`, `set` (an instant), `run` (true or false).
 * @throws ShapeError naming the wrong field, RangeError when the clock would run backwards.
 */
export function moveClock(clock: VirtualClock, input: unknown): void {
  const shape = Shape.of(input);
  shape.only(['advanceSeconds', 'set', 'run']);
  if (shape.has('run')) {
    if (shape.boolean('run')) {
      clock.run();
    } else {
      clock.stop();
    }
  }
  if (shape.has('set')) {
    const instant = Date.parse(shape.text('set', { max: 40 }));
    if (Number.isNaN(instant)) {
      throw new ShapeError('set', 'must be an instant such as 2030-01-31T12:00:00Z');
    }
    clock.set(instant);
  }
  if (shape.has('advanceSeconds')) {
    clock.advance(shape.number('advanceSeconds', 0, 3_153_600_000, false) * 1000);
  }
}
