import { type ArgumentMetadata, Injectable, ValidationPipe } from '@nestjs/common';
import { Refusal, type RefusalDetails } from '@tributary/banking';
import type { ValidationError } from 'class-validator';

type FieldFault = NonNullable<RefusalDetails['errors']>[number];

/** More faults than these help nobody. */
const mostFaults = 50;

/** The words of class-validator that programs should not have to know, in ours. */
const codes: Readonly<Record<string, string>> = {
  whitelistValidation: 'unknown_field',
  isDefined: 'required',
  isNotEmpty: 'required',
};

class Faults extends Error {
  constructor(readonly errors: readonly ValidationError[]) {
    super('not valid');
  }
}

/** Checks bodies and queries against their DTO classes: unknown fields are refused, every fault has a pointer. */
@Injectable()
export class RequestPipe extends ValidationPipe {
  constructor() {
    super({
      transform: true,
      whitelist: true,
      forbidNonWhitelisted: true,
      stopAtFirstError: true,
      exceptionFactory: (errors: ValidationError[]) => new Faults(errors),
    });
  }

  override async transform(value: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    const { type, metatype } = metadata;
    if (type === 'body' && metatype && metatype !== Object && (typeof value !== 'object' || Array.isArray(value))) {
      // class-validator would look at the elements of a list, one by one, and let the list through.
      if (value !== undefined) throw refuse([{ pointer: '', code: 'invalid', message: 'the body must be an object' }]);
    }
    try {
      return await super.transform(value, metadata);
    } catch (error) {
      if (!(error instanceof Faults)) throw error;
      throw refuse(error.errors.flatMap((fault) => faultsOf(fault, type === 'body' ? '' : `/${type}`)));
    }
  }
}

function refuse(errors: readonly FieldFault[]): Refusal {
  return new Refusal('invalid_request', 'Correct the fields named in "errors" and send the request again.', {
    errors: errors.slice(0, mostFaults),
  });
}

function faultsOf(error: ValidationError, parent: string): readonly FieldFault[] {
  const pointer = `${parent}/${error.property.replaceAll('~', '~0').replaceAll('/', '~1')}`.slice(0, 200);
  const own = Object.entries(error.constraints ?? {}).map(([rule, message]) => ({
    pointer,
    code: error.value === undefined && rule !== 'whitelistValidation' ? 'required' : (codes[rule] ?? 'invalid'),
    message: rule === 'whitelistValidation' ? 'this field is not known' : message.slice(0, 300),
  }));
  return [...own, ...(error.children ?? []).flatMap((child) => faultsOf(child, pointer))];
}
