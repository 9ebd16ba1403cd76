import { SeededRandom } from './random.js';
import { Schedule } from './schedule.js';
import { VirtualClock, addDays, isDate } from './clock.js';

describe('Schedule', () => {
  it('runs what is due in the order of time, equal instants in the order of entry, also what entries add', () => {
    const schedule = new Schedule();
    const random = new SeededRandom('order');
    const seen: number[] = [];
    const times = Array.from({ length: 500 }, () => random.integer(0, 1000));
    for (const time of times) {
      schedule.at(time, () => seen.push(time));
    }
    schedule.at(100, () => schedule.at(150, () => seen.push(150)));
    schedule.runDue(700);
    expect(seen).toEqual([...times.filter((time) => time <= 700), 150].toSorted((a, b) => a - b));
    schedule.runDue(1000);
    expect(seen).toHaveLength(501);
  });

  it('tells the instant at which an entry was due', () => {
    const schedule = new Schedule();
    let moment: number | undefined;
    schedule.at(5, () => {
      moment = schedule.momentMs;
    });
    schedule.runDue(1_000_000);
    expect([moment, schedule.momentMs]).toEqual([5, undefined]);
  });
});

describe('VirtualClock', () => {
  it('advances, stops and goes on, never backwards', () => {
    let machine = 1000;
    const clock = new VirtualClock(() => machine);
    clock.advance(500);
    machine += 10;
    expect(clock.nowMs()).toBe(1510);
    clock.stop();
    machine += 1000;
    expect(clock.nowMs()).toBe(1510);
    clock.advance(5);
    clock.run();
    machine += 1;
    expect(clock.nowMs()).toBe(1516);
    expect(() => clock.set(0)).toThrow(RangeError);
    expect(() => clock.advance(Number.NaN)).toThrow(RangeError);
  });

  it('knows the calendar', () => {
    expect([isDate('2024-02-29'), isDate('2023-02-29'), isDate('2024-1-1'), isDate('')]).toEqual([
      true,
      false,
      false,
      false,
    ]);
    expect(addDays('2024-02-28', 2)).toBe('2024-03-01');
  });
});
