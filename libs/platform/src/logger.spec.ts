import { createLogger, type LoggerOptions, NestLogger } from './logger.js';

const IBAN = 'DE89370400440532013000';

function record(options: Partial<LoggerOptions> = {}) {
  const lines: string[] = [];
  const destination = { write: (line: string) => void lines.push(line) };
  const logger = createLogger({ level: 'trace', name: 'spec', destination, ...options });
  const last = (): Record<string, unknown> => JSON.parse(lines.at(-1) ?? '{}') as Record<string, unknown>;
  return { logger, lines, last };
}

describe('createLogger', () => {
  it('writes JSON lines with level, time and process', () => {
    const { logger, last } = record();
    logger.info({ paymentId: 'pay_1', latencyMs: 12, applied: true }, 'polled %s', 'once');
    expect(last()).toMatchObject({
      level: 'info',
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
      process: 'spec',
      paymentId: 'pay_1',
      latencyMs: 12,
      applied: true,
      msg: 'polled once',
    });
  });

  it('keeps by what people follow a payment', () => {
    const { logger, last } = record();
    const followed = { paymentId: 'pay_1', decisionId: 'dec_1', basketId: 'bsk_1', status: 'unknown', stage: 2 };
    logger.warn(followed, 'nobody said anything');
    expect(last()).toMatchObject(followed);
  });

  it('hides every field that is not on the list, at any depth', () => {
    const { logger, lines, last } = record();
    logger.warn({
      password: 'canary',
      code: 'canary',
      otp: 123_456_789,
      headers: { authorization: 'canary', cookie: ['canary'] },
      psu: { id: 'psu-1', name: 'canary' },
      list: [{ status: 'ok', secret: 'canary' }],
      holder: new Map([['canary', 'canary']]),
      buffer: Buffer.from('canary'),
    });
    expect(lines.join('')).not.toMatch(/canary|123456789/);
    expect(last()).toMatchObject({
      psu: { id: 'psu-1', name: '[hidden]' },
      list: [{ status: 'ok', secret: '[hidden]' }],
    });
  });

  it('hides in children too', () => {
    const { logger, lines } = record();
    const child = logger.child({ appId: 'app_1', token: 'canary' });
    child.info('hello');
    child.child({ otp: 'canary', jobId: '7' }).info('hello');
    expect(JSON.parse(lines[1] ?? '')).toMatchObject({ appId: 'app_1', jobId: '7', otp: '[hidden]' });
    expect(lines.join('')).not.toContain('canary');
    expect(lines.join('')).toContain('app_1');
  });

  it('takes further names', () => {
    const { logger, last } = record({ allow: ['colour'] });
    logger.info({ colour: 'blue', shade: 'dark' });
    expect(last()).toMatchObject({ colour: 'blue', shade: '[hidden]' });
  });

  it('cuts IBANs and secrets out of messages, allowed fields, names and errors', () => {
    const { logger, lines } = record();
    const cause = Object.assign(new Error(`Bearer canary-canary for ${IBAN}`), {
      code: '23505',
      config: { data: 'canary' },
    });
    const error = new Error(`no such account ${IBAN}, password=canary`, { cause });
    logger.error(error);
    logger.error({ err: error }, 'failed');
    logger.error({ err: error });
    logger.info({ reason: IBAN, [IBAN]: true }, `IBAN ${IBAN}`);
    logger.info('IBAN %s %o', IBAN, { iban: IBAN, password: 'canary' });
    expect(lines).toHaveLength(5);
    const all = lines.join('');
    expect(all).not.toMatch(/canary|0440532013/);
    expect(all).toContain('DE**3000');
    expect(all).toContain('"errorCode":"23505"');
    // Negative control: the same data through a plain JSON line would leak.
    expect(JSON.stringify({ reason: IBAN, message: error.message })).toMatch(/canary|0440532013/);
  });

  it('survives circular and very deep data', () => {
    const { logger, lines } = record();
    const loop: Record<string, unknown> = { id: 'x' };
    loop['loop'] = loop;
    logger.info(loop);
    expect(lines).toHaveLength(1);
  });
});

describe('NestLogger', () => {
  it('keeps context, level and stack, and hides secrets', () => {
    const { logger, lines, last } = record();
    const nest = new NestLogger(logger);
    nest.log('Mapped route', 'RouterExplorer');
    expect(last()).toMatchObject({ level: 'info', context: 'RouterExplorer', msg: 'Mapped route' });
    nest.error('It broke', 'Error: It broke\n    at x', 'Worker');
    expect(last()).toMatchObject({ level: 'error', context: 'Worker', msg: 'It broke\nError: It broke\n    at x' });
    nest.error(new Error('password=canary'));
    expect(last()).toMatchObject({ level: 'error', err: { type: 'Error' } });
    nest.verbose({ anything: 'canary' });
    expect(lines.join('')).not.toContain('canary');
  });
});
