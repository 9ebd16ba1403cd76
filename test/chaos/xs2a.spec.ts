import { jest } from '@jest/globals';
import { expectNothingLost } from './short-form.js';

jest.setTimeout(600_000);

it('xs2a: nothing is lost or doubled', () => expectNothingLost('xs2a'));
