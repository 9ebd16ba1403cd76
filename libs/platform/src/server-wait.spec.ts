import { notThereYet, whenThere } from './server-wait.js';

const failing = (code: string) => Object.assign(new Error(code), { code });

it.each([
  ['PostgreSQL that starts or recovers', failing('57P03'), '57P03'],
  ['a port on which nobody listens', failing('ECONNREFUSED'), 'ECONNREFUSED'],
  ['an address with several ports', new AggregateError([failing('ECONNREFUSED')]), 'ECONNREFUSED'],
  ['a connection cut while it is made', new Error('Connection terminated unexpectedly'), expect.any(String)],
  ['a wrong password', failing('28P01'), undefined],
  ['a database that is not there', failing('3D000'), undefined],
  ['a fault of our own', new TypeError('x is not a function'), undefined],
])('knows %s', (_, error, why) => {
  expect(notThereYet(error)).toEqual(why);
});

it('waits while the server is not there, and tells each reason once', async () => {
  const said: string[] = [];
  const answers = ['ECONNREFUSED', '57P03', '57P03'];
  const reach = () => {
    const code = answers.shift();
    return code === undefined ? Promise.resolve('there') : Promise.reject(failing(code));
  };
  await expect(whenThere(reach, (why) => said.push(why))).resolves.toBe('there');
  expect(said).toEqual(['ECONNREFUSED', '57P03']);
});

it('gives up at once where waiting cures nothing, and at the end of its patience', async () => {
  let tries = 0;
  const reach = (code: string) => () => {
    tries += 1;
    return Promise.reject(failing(code));
  };
  await expect(whenThere(reach('28P01'), () => undefined)).rejects.toThrow('28P01');
  expect(tries).toBe(1);
  await expect(whenThere(reach('57P03'), () => undefined, 0)).rejects.toThrow('57P03');
});
