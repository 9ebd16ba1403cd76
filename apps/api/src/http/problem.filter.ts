import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException, Inject } from '@nestjs/common';
import { CLOCK, type Clock, LOGGER, type Logger, Refusal } from '@tributary/banking';
import { errorCode, redactText } from '@tributary/platform';
import { ProviderError } from '@tributary/providers';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Problem } from './problem.dto.js';
import { refuseHub } from '../bank/hub-refusal.js';
import { type ProblemCode, problemKinds, problemType, upstreamProblems } from './problem.js';

/** What is said about a failure besides what its code says. */
type Particulars = Partial<Pick<Problem, 'detail' | 'errors' | 'nextAction' | 'upstream' | 'nextAllowedAt'>> & {
  readonly afterSeconds?: number | undefined;
};

/** Own words for what the HTTP layer refuses: those of the framework may quote the request. */
const httpRefusals: Readonly<Record<number, readonly [ProblemCode, string]>> = {
  400: ['invalid_request', 'The request cannot be read: send well-formed JSON and a well-formed URL.'],
  401: ['unauthenticated', 'Send an access token of POST /oauth/token as a Bearer token in the Authorization header.'],
  403: ['insufficient_scope', 'The access token does not allow this operation.'],
  404: ['not_found', 'There is no such route. The document at /docs-json lists all of them.'],
  413: ['body_too_large', 'Send at most 1 MiB.'],
  415: ['unsupported_media_type', 'Send the body as application/json in UTF-8, without a Content-Encoding.'],
  503: ['not_ready', 'The database or the queue cannot be reached. Try again in a moment.'],
};

/** Turns everything that a request can fail with into a problem, by the tables of `problem.ts` and `refusal.ts`. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(
    @Inject(LOGGER) private readonly logger: Logger,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const reply = http.getResponse<FastifyReply>();
    const [code, particulars] = this.judge(error);
    if (problemKinds[code].status >= 500) {
      this.logger.error({ err: error, traceId: request.id, errorCode: code }, `request failed: ${code}`);
    }
    const { detail = '', afterSeconds = null } = particulars;
    if (refuseHub(request, reply, { code, detail, afterSeconds, now: this.clock.now() })) return;
    sendProblem(request, reply, code, particulars);
  }

  private judge(error: unknown): readonly [ProblemCode, Particulars] {
    if (error instanceof Refusal) {
      const { errors, nextAction, retryAfterSeconds } = error.details;
      return [
        error.code,
        {
          detail: error.message,
          afterSeconds: retryAfterSeconds,
          ...(errors && { errors: [...errors] }),
          ...(nextAction && { nextAction }),
        },
      ];
    }
    if (error instanceof ProviderError) return this.judgeUpstream(error);
    const status = httpStatusOf(error);
    const [code, detail] = (status && httpRefusals[status]) || [];
    if (code) return [code, { detail }];
    if (status && status >= 400 && status < 500) return ['invalid_request', { detail: httpRefusals[400]?.[1] }];
    if (databaseIsAway(error)) return ['not_ready', { detail: httpRefusals[503]?.[1] }];
    return ['internal_error', { detail: 'The request failed on our side. Quote the traceId when you report it.' }];
  }

  private judgeUpstream({ kind, facts }: ProviderError): readonly [ProblemCode, Particulars] {
    const { retryAfter, upstream, provider, field } = facts;
    const wait = retryAfter && Math.max(1, Math.ceil((retryAfter.getTime() - this.clock.now().getTime()) / 1000));
    return [
      upstreamProblems[kind].code,
      {
        detail: facts.message,
        afterSeconds: wait,
        ...(field !== undefined && {
          errors: [{ pointer: `/${field.replaceAll('.', '/')}`, code: kind, message: facts.message }],
        }),
        upstream: { provider, httpStatus: upstream?.httpStatus ?? null, code: upstream?.code ?? null },
        ...(kind === 'rate-limited' && retryAfter && { nextAllowedAt: retryAfter.toISOString() }),
      },
    ];
  }
}

/** PostgreSQL error classes 08 (connection) and 57P (shut down), too many connections, and what the socket says. */
const away = /^(08...|57P0[123]|53300|ECONNREFUSED|ECONNRESET|ENOTFOUND|ETIMEDOUT|EPIPE)$/;

/** The database cannot be reached: the request may be sent again when it is back. */
function databaseIsAway(error: unknown): boolean {
  if (away.test(errorCode(error) ?? '')) return true;
  // node-pg's words for a pool that got no connection, and for one that was cut.
  return (
    error instanceof Error && /^(timeout exceeded when trying to connect|Connection terminated)/.test(error.message)
  );
}

/** Nest's HttpException or an error of Fastify. */
function httpStatusOf(error: unknown): number | undefined {
  if (error instanceof HttpException) return error.getStatus();
  if (error instanceof Error && 'statusCode' in error && typeof error.statusCode === 'number') return error.statusCode;
  return undefined;
}

/** Writes the one shape that every error has. No secret and no IBAN leaves in it, whoever wrote the words. */
export function sendProblem(
  request: FastifyRequest,
  reply: FastifyReply,
  code: ProblemCode,
  { detail, afterSeconds, errors, ...rest }: Particulars,
): void {
  const { status, title, source, retrySafe = false, retryAfterSeconds } = problemKinds[code];
  const seconds = afterSeconds ?? retryAfterSeconds ?? null;
  const problem: Problem = {
    type: problemType(code),
    title,
    status,
    detail: redactText(detail ?? title),
    instance: redactText(request.url.split('?', 1)[0] ?? '').slice(0, 300),
    code,
    source,
    traceId: request.id,
    retry: { safe: retrySafe, afterSeconds: seconds },
    ...rest,
    ...(errors && {
      errors: errors.map((field) => ({
        pointer: redactText(field.pointer),
        code: field.code,
        message: redactText(field.message),
      })),
    }),
  };
  if (seconds !== null) void reply.header('retry-after', String(seconds));
  if (status === 401) void reply.header('www-authenticate', 'Bearer realm="tributary"');
  void reply
    .status(status)
    .header('content-type', 'application/problem+json; charset=utf-8')
    .header('cache-control', 'no-store')
    .send(JSON.stringify(problem));
}
