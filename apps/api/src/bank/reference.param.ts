import { Injectable, Param, type PipeTransform } from '@nestjs/common';
import { ApiParam } from '@nestjs/swagger';
import { notFound } from '@tributary/banking';

const form = /^[\w.-]{1,128}$/;

/** A name that no account can have is as unknown as one that none has. */
@Injectable()
class ReferencePipe implements PipeTransform<unknown, string> {
  transform(value: unknown): string {
    if (typeof value === 'string' && form.test(value)) return value;
    throw notFound();
  }
}

/** Parameter: the app's own name of an account that it holds. */
export function ReferenceParam(): ParameterDecorator {
  return (target, key, index) => {
    if (key === undefined) throw new TypeError('@ReferenceParam belongs to a method');
    Param('reference', new ReferencePipe())(target, key, index);
    const descriptor = Object.getOwnPropertyDescriptor(target, key);
    const schema = { type: 'string', pattern: form.source, example: 'acc-gbp-01' } as const;
    if (descriptor) ApiParam({ name: 'reference', schema })(target, key, descriptor);
  };
}
