import { brokenOff, deafened, type Death, ordering, type Sender } from './interruption.js';

/** Seconds of a storm, at a bank that we wait 4 s for. */
const at = (seconds: number) => new Date(Date.UTC(2026, 0, 1) + seconds * 1_000);
const death = (victim: Sender, seconds: number, untilUp = 0): Death => ({
  victim,
  since: at(seconds),
  at: at(seconds + untilUp),
});
const timeoutMs = 4_000;
const sending = (seconds: number, prepared = false) => ({ id: 'pay_1', sentAt: at(seconds), prepared });

// Carried out: with the look-back of 30 s that was here, the sendings that had their time are excused; without a look at who
// died, so is the one whose api lived.
describe('a sending that nobody noted the end of', () => {
  it.each<[string, number, Death]>([
    ['under way when its api died', 99, death('api', 100)],
    ['under way until its answer had to come', 96, death('api', 100)],
    ['taken up by PostgreSQL just after its api died', 100.9, death('api', 100)],
    ['under way when PostgreSQL died, which was to take its note', 97, death('postgres', 100)],
    ['so, however long PostgreSQL took to get up again', 97, death('postgres', 100, 10)],
    ['taken up by a process of PostgreSQL that had not ended yet', 100.5, death('postgres', 100, 2)],
  ])('is broken off: %s', (_what, seconds, by) => {
    expect(brokenOff(sending(seconds), [by], timeoutMs)).toBe(true);
  });

  it.each<[string, number, readonly Death[]]>([
    ['nobody died', 100, []],
    ['it had its time before its api died', 89, [death('api', 100)]],
    ['it had its time before PostgreSQL died', 80, [death('postgres', 100)]],
    ['it had its time between two deaths', 100, [death('api', 98), death('api', 111)]],
    ['it began when the dead api was gone', 101.1, [death('api', 100)]],
    ['it began when PostgreSQL was up again', 102.1, [death('postgres', 100, 2)]],
    ['it had its time before PostgreSQL died, which took long to get up', 89, [death('postgres', 100, 10)]],
    ['only a worker died, who sends none of its kind', 99, [death('worker', 100), death('worker-2', 100)]],
  ])('is not broken off: %s', (_what, seconds, deaths) => {
    expect(brokenOff(sending(seconds), deaths, timeoutMs)).toBe(false);
  });

  it('may be of a worker where an SCA came before the instruction', () => {
    expect(brokenOff(sending(99, true), [death('worker-2', 100)], timeoutMs)).toBe(true);
    expect(brokenOff(sending(89, true), [death('worker-2', 100)], timeoutMs)).toBe(false);
  });
});

// Carried out: without an upper bound, as it was, the order that was written after the death is excused.
it.each<[string, number, boolean]>([
  ['before its time is over', 96, true],
  ['as it is written', 100.5, true],
  ['after it had its time', 89, false],
  ['before it was written', 102, false],
])('a further order is broken off by a death only while it may be under way: %s', (_what, seconds, broken) => {
  expect(ordering({ id: 'pay_1', updatedAt: at(seconds) }, death('worker', 100), timeoutMs)).toBe(broken);
});

// Carried out: without a look at who died, so is the one whose worker died; without bounds, those that nobody disturbed.
it.each<[string, Death, boolean]>([
  ['while it was asked', death('postgres', 101), true],
  ['and was up again when its error was noted', death('postgres', 100.5, 3), true],
  ['and its error was noted just before anybody saw that', death('postgres', 102.5), true],
  ['before it was asked', death('postgres', 99), false],
  ['after its error had been noted', death('postgres', 104), false],
  ['not at all: a worker did', death('worker', 101), false],
])('a bank of ours answers with an error where its database dies: %s', (_what, by, excused) => {
  expect(deafened({ id: 'pay_1', sentAt: at(100), notedAt: at(102) }, [by])).toBe(excused);
});
