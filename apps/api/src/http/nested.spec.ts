import { Type } from 'class-transformer';
import { IsString, ValidateNested } from 'class-validator';
import { Nested } from './nested.js';
import { RequestPipe } from './validation.pipe.js';

class Inner {
  @IsString()
  text: string;
}

class Guarded {
  @Nested(() => Inner)
  inner: Inner;
}

/** Negative control: what class-validator does by itself. */
class Unguarded {
  @ValidateNested()
  @Type(() => Inner)
  inner: Inner;
}

const check = (metatype: typeof Guarded | typeof Unguarded, inner: unknown) =>
  new RequestPipe().transform({ inner }, { type: 'body', metatype });

describe('a nested object', () => {
  it.each([[[]], [[{ text: 'lost on the way' }]], [[[]]], ['text'], [1], [null]])('is not %j', async (inner) => {
    await expect(check(Guarded, inner)).rejects.toMatchObject({
      code: 'invalid_request',
      details: { errors: [expect.objectContaining({ pointer: '/inner' })] },
    });
  });

  it('is an object', async () => {
    await expect(check(Guarded, { text: 'arrives' })).resolves.toEqual({ inner: { text: 'arrives' } });
  });

  it('could be a list without the guard (negative control)', async () => {
    await expect(check(Unguarded, [{ text: 'lost' }])).resolves.toBeDefined();
  });
});
