import { deriveReference, deriveUuid } from './reference.js';

const form = { length: 18, alphabet: '0123456789ABCDEFGHJKMNPQRSTVWXYZ' };

it('derives the same reference for the same thing, and another for any other', () => {
  const one = deriveReference('cnn_1', 'pay_1', form);
  expect(one).toMatch(/^[0-9A-HJKMNP-TV-Z]{18}$/);
  expect(deriveReference('cnn_1', 'pay_1', form)).toBe(one);
  const others = [deriveReference('cnn_2', 'pay_1', form), deriveReference('cnn_1', 'pay_2', form)];
  expect(new Set([one, ...others]).size).toBe(3);
});

it('fills any length and refuses one that would collide', () => {
  const long = deriveReference('cnn_1', 'pay_1', { ...form, length: 35 });
  expect(long).toHaveLength(35);
  expect(new Set(long).size).toBeGreaterThan(10);
  expect(() => deriveReference('cnn_1', 'pay_1', { ...form, length: 12 })).toThrow('64 bits');
});

it('derives UUIDs in the shape of version 4', () => {
  const uuid = deriveUuid('cnn_1', 'pay_1', 'initiatePayment');
  expect(uuid).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(deriveUuid('cnn_1', 'pay_1', 'initiatePayment')).toBe(uuid);
  const others = [
    deriveUuid('cnn_1', 'pay_1', 'cancelPayment'),
    deriveUuid('cnn_2', 'pay_1', 'initiatePayment'),
    deriveUuid('cnn_1', 'pay_2', 'initiatePayment'),
    // The parts are framed: moving a character from one to the other is another thing.
    deriveUuid('cnn_1', 'pay_1i', 'nitiatePayment'),
  ];
  expect(new Set([uuid, ...others]).size).toBe(5);
});
