import { format } from 'node:util';
import type { LoggerService } from '@nestjs/common';
import { type ChildLoggerOptions, type DestinationStream, type Logger, pino } from 'pino';
import { allowFields, isError, redactArgument, redactFields } from './redaction.js';
import type { LogLevel } from './settings.js';
import { redactText } from './text-redaction.js';

export type { Logger } from 'pino';

/** What a logger is made from. */
export interface LoggerOptions {
  readonly level: LogLevel;
  /** Which process speaks: `api`, `worker`, ... */
  readonly name: string;
  /** Field names that may be logged besides those of the allow-list. */
  readonly allow?: readonly string[];
  /** Where the lines go; standard output if not given. */
  readonly destination?: DestinationStream;
}

/**
 * A pino logger that writes JSON lines and cannot be made to write a secret by accident: of structured data only fields
 * on an allow-list keep their values, and messages and errors lose tokens, passwords, keys and most of every IBAN.
 *
 * `logger.info({ paymentId, latencyMs }, 'payment polled')`; errors go under `err`.
 */
export function createLogger({ level, name, allow = [], destination }: LoggerOptions): Logger {
  const allowed = allowFields(allow);
  const logger = pino(
    {
      level,
      base: { process: name },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: {
        level: (label) => ({ level: label }),
        log: (data) => redactFields(data, allowed),
      },
      // pino would describe an error again that redactFields has described.
      serializers: { err: (described: unknown) => described },
      hooks: {
        logMethod(args, method) {
          const [first, ...rest]: unknown[] = args;
          const words = rest.map((word) => redactArgument(word, allowed));
          if (typeof first !== 'object' || first === null) {
            method.call(this, redactText(format(first, ...words)));
            return;
          }
          const data = isError(first) ? { err: first } : first;
          const message = words.length > 0 ? format(...words) : messageOf(data);
          method.call(this, data, redactText(message));
        },
      },
    },
    destination ?? pino.destination({ dest: 1, sync: true }),
  );
  // pino formats what a child is bound to at no place that we could give it.
  // oxlint-disable-next-line typescript/unbound-method -- it is called with the logger that it is called on
  const makeChild = logger.child;
  logger.child = function child<Levels extends string>(
    this: Logger,
    bindings: object,
    options?: ChildLoggerOptions<Levels>,
  ): Logger<Levels> {
    return Reflect.apply(makeChild<Levels>, this, [redactFields(bindings, allowed), options]);
  };
  return logger;
}

/** pino would fill a missing message from the error itself, past our redaction. */
function messageOf(data: object): string {
  return 'err' in data && isError(data.err) ? data.err.message : '';
}

/** Lets Nest speak through our logger, with the class or module that speaks as `context`. */
export class NestLogger implements LoggerService {
  constructor(private readonly logger: Logger) {}

  log(message: unknown, ...rest: unknown[]): void {
    this.write('info', message, rest);
  }

  error(message: unknown, ...rest: unknown[]): void {
    this.write('error', message, rest);
  }

  warn(message: unknown, ...rest: unknown[]): void {
    this.write('warn', message, rest);
  }

  debug(message: unknown, ...rest: unknown[]): void {
    this.write('debug', message, rest);
  }

  verbose(message: unknown, ...rest: unknown[]): void {
    this.write('trace', message, rest);
  }

  fatal(message: unknown, ...rest: unknown[]): void {
    this.write('fatal', message, rest);
  }

  /** Nest passes (message, context) or, for errors, (message, stack, context); a lone error may be the message. */
  private write(
    level: 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace',
    message: unknown,
    rest: unknown[],
  ): void {
    const words = rest.filter((part) => typeof part === 'string');
    const context = words.at(-1);
    const details = words.slice(0, -1);
    const thrown = [message, ...rest].find((part) => isError(part));
    const object = typeof message === 'object' && message !== null && !thrown ? { details: message } : {};
    const data = { ...(context ? { context } : {}), ...(thrown ? { err: thrown } : {}), ...object };
    const text = isError(message) ? message.message : typeof message === 'object' ? '' : format(message);
    this.logger[level](data, [text, ...details].filter(Boolean).join('\n'));
  }
}
