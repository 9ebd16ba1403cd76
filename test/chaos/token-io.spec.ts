import { jest } from '@jest/globals';
import { expectNothingLost } from './short-form.js';

jest.setTimeout(600_000);

it('token-io: nothing is lost or doubled', () => expectNothingLost('token-io'));
