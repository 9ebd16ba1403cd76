import { applyDecorators, type Type as Class } from '@nestjs/common';
import { Type } from 'class-transformer';
import { IsObject, ValidateNested } from 'class-validator';

/**
 * A field that is one object of a DTO class. `ValidateNested` alone lets a list of such objects, or an empty list, through:
 * what the list held would be lost on the way to the bank.
 */
export const Nested = (type: () => Class<unknown>): PropertyDecorator =>
  applyDecorators(IsObject({ message: '$property must be an object' }), ValidateNested(), Type(type));
