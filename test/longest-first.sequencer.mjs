// Specs that take minutes begin first, so that the others run beside them. Jest knows how long each took only where it has run before.
import Sequencer from '@jest/test-sequencer';

const minutes = /\/test\/chaos\//;

export default class LongestFirst extends Sequencer {
  sort(tests) {
    const sorted = super.sort(tests);
    return [...sorted.filter(({ path }) => minutes.test(path)), ...sorted.filter(({ path }) => !minutes.test(path))];
  }
}
