import { RepeatedFault } from './repeated-fault.js';

const starting = () => Object.assign(new Error('the database system is starting up'), { code: '57P03' });

it('tells of a fault once, of another one too, and after a minute how often it came', () => {
  let now = 0;
  const told: [string, number][] = [];
  const faults = new RepeatedFault(
    (error, repeated) => told.push([String(error), repeated]),
    () => now,
  );
  for (let time = 0; time < 1_000; time += 1) faults.came(starting());
  faults.came(new Error('gone'));
  expect(told).toEqual([
    ['Error: the database system is starting up', 0],
    ['Error: gone', 0],
  ]);
  now = 60_000;
  faults.came(starting());
  expect(told.at(-1)).toEqual(['Error: the database system is starting up', 999]);
  faults.came(starting());
  expect(told).toHaveLength(3);
});
