import { Body as NestBody, Query as NestQuery } from '@nestjs/common';
import { RequestPipe } from './validation.pipe.js';

/*
 * What comes from outside and has a DTO class. The check belongs to these two, not to every parameter: a global pipe is awaited
 * for each parameter of each request, also for those that have nothing to check.
 */
const pipe = new RequestPipe();

/** Parameter: the body, checked against its DTO class. */
export const Body = (): ParameterDecorator => NestBody(pipe);

/** Parameter: the query, checked against its DTO class, or one value of it. A type that is no DTO class is for its taker to look at. */
export const Query = (name?: string): ParameterDecorator =>
  name === undefined ? NestQuery(pipe) : NestQuery(name, pipe);
