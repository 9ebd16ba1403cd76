import 'reflect-metadata';
import { Body as NestBody, type Type } from '@nestjs/common';
import { ROUTE_ARGS_METADATA, RouteParamtypes } from '@nestjs/common/internal';
import { controllers } from '../controllers.js';
import { RequestPipe } from './validation.pipe.js';

type Args = Readonly<Record<string, { readonly pipes: readonly unknown[] }>>;

const fromOutside: readonly string[] = [RouteParamtypes.BODY, RouteParamtypes.QUERY].map(String);

/** Bodies and queries of a controller, by method; whether each is checked. */
function inputsOf(controller: Type<unknown>): { readonly name: string; readonly checked: boolean }[] {
  return Object.getOwnPropertyNames(controller.prototype).flatMap((method) => {
    const args: Args = Reflect.getMetadata(ROUTE_ARGS_METADATA, controller, method) ?? {};
    return Object.entries(args)
      .filter(([key]) => fromOutside.includes(key.split(':')[0] ?? ''))
      .map(([, { pipes }]) => ({
        name: `${controller.name}.${method}`,
        checked: pipes.some((pipe) => pipe instanceof RequestPipe),
      }));
  });
}

class Careless {
  take(body: unknown): unknown {
    return body;
  }
}
NestBody()(Careless.prototype, 'take', 0);

it('checks every body and every query (negative control: one that is taken past it is found)', () => {
  const inputs = controllers.flatMap(inputsOf);
  expect(inputs.length).toBeGreaterThan(40);
  expect(inputs.filter(({ checked }) => !checked)).toEqual([]);
  expect(inputsOf(Careless)).toEqual([{ name: 'Careless.take', checked: false }]);
});
