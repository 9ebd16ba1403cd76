import { Controller, Get, Inject, Param, Post, Req, Res } from '@nestjs/common';
import { ApiExcludeEndpoint, ApiTags } from '@nestjs/swagger';
import {
  type BankPage,
  BankPagesService,
  demoCode,
  type PageAct,
  Refusal,
  SETTINGS,
  type Settings,
} from '@tributary/banking';
import { ProviderError } from '@tributary/providers';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Public } from '../http/access.js';
import { Query } from '../http/checked.js';
import { bankPage, strayPage } from './bank.pages.js';
import { Browser } from './browser.js';
import { ApiLinkToken, ApiPageAnswers } from './page-answers.js';

/** What a page decides, by the word in its address. */
const subjects = { consent: 'authorisation', confirm: 'payment' } as const;
type Kind = keyof typeof subjects;

const tokenForm = /^[\w-]{43}$/;
const stray = {
  title: 'This link does not work',
  text: 'It was not made here, or a part of it is missing. Go back to the app and start again from there.',
};

/** The link of a page, and the browser that opened it. */
interface Visit {
  readonly provider: string;
  readonly kind: Kind;
  readonly token: string;
  readonly browser: Browser;
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
}

/** The bank's pages for its customers' browsers: consent and payment confirmation. */
@ApiTags('Callbacks')
@Public()
@Controller('bank')
export class BankPagesController {
  constructor(
    private readonly pages: BankPagesService,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {}

  /**
   * Show a customer what a TPP asks for
   * @remarks The hosted consent page. A decision sends the browser back to the TPP.
   */
  @Get(':provider/consent/:token')
  @ApiPageAnswers()
  @ApiLinkToken()
  async consent(
    @Param('provider') provider: string,
    @Param('token') token: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.show(this.visit('consent', provider, token, request, reply));
  }

  /**
   * Show a customer a payment to confirm
   * @remarks The hosted confirmation page, where the `confirmation_url` of a payment leads. A decision sends the browser
   * back to the TPP.
   */
  @Get(':provider/confirm/:token')
  @ApiPageAnswers()
  @ApiLinkToken()
  async confirm(
    @Param('provider') provider: string,
    @Param('token') token: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.show(this.visit('confirm', provider, token, request, reply));
  }

  @Post(':provider/consent/:token')
  @ApiExcludeEndpoint()
  async decideConsent(
    @Param('provider') provider: string,
    @Param('token') token: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.act(this.visit('consent', provider, token, request, reply));
  }

  @Post(':provider/confirm/:token')
  @ApiExcludeEndpoint()
  async decidePayment(
    @Param('provider') provider: string,
    @Param('token') token: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.act(this.visit('confirm', provider, token, request, reply));
  }

  /** Back from the bank's own login. */
  @Get(':provider/:kind/:token/return')
  @ApiExcludeEndpoint()
  async return(
    @Param('provider') provider: string,
    @Param('kind') kind: string,
    @Param('token') token: string,
    @Query('login') proof: unknown,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const visit = this.visit(kind, provider, token, request, reply);
    const { browser } = visit;
    if (!this.isLink(visit)) return this.turnAway(visit);
    const done =
      typeof proof === 'string' &&
      (await this.pages.completeLogin(provider, subjects[visit.kind], { token, browser: browser.secret, proof }));
    await browser.protect(reply).redirect(`${this.pageUrl(visit)}${done ? '' : '?login=failed'}`, 303);
  }

  private visit(kind: string, provider: string, token: string, request: FastifyRequest, reply: FastifyReply): Visit {
    const browser = Browser.of(request, this.settings.publicUrl);
    // An unknown kind has no token of that form either: it is turned away with the rest.
    const known = kind === 'consent' || kind === 'confirm';
    return { provider, kind: known ? kind : 'consent', token: known ? token : '', browser, request, reply };
  }

  private isLink({ token }: Visit): boolean {
    return tokenForm.test(token);
  }

  private pageUrl({ provider, kind, token }: Visit): string {
    return `${this.settings.publicUrl}/bank/${provider}/${kind}/${token}`;
  }

  private async show(visit: Visit): Promise<void> {
    if (!this.isLink(visit)) return this.turnAway(visit);
    const { provider, kind, token, browser, request } = visit;
    const page = await this.pages.look(provider, subjects[kind], token, browser.secret);
    const failed = request.url.endsWith('?login=failed');
    await this.answer(visit, page, failed ? 'You were not logged in. Please try again.' : undefined);
  }

  private async act(visit: Visit): Promise<void> {
    if (!this.isLink(visit)) return this.turnAway(visit);
    const { provider, kind, token, browser, request } = visit;
    const form = new URLSearchParams(request.rawBody?.toString('utf8') ?? '');
    const act = actOf(form);
    const look = () => this.pages.look(provider, subjects[kind], token, browser.secret);
    const leaves = form.get('act') === 'leave';
    if (!(act || leaves) || !browser.sent(request, token, form.get('csrf') ?? '')) {
      return this.answer(visit, await look(), 'That did not come from this page. Please try again.');
    }
    if (!act) return this.leave(visit);
    try {
      const wish = { token, browser: browser.secret, act };
      const page = await this.pages.act(provider, subjects[kind], wish, { traceId: request.id, psu: {} });
      await this.answer(visit, page, faultOf(act, page));
    } catch (error) {
      if (!(error instanceof Refusal || error instanceof ProviderError)) throw error;
      await this.answer(visit, await look(), wordsOf(kind, error));
    }
  }

  /** Off to the bank's own login. */
  private async leave(visit: Visit): Promise<void> {
    const { provider, kind, token, browser, reply } = visit;
    const wish = { token, browser: browser.secret, returnUrl: `${this.pageUrl(visit)}/return` };
    const url = await this.pages.beginLogin(provider, subjects[kind], wish);
    await browser.protect(reply).redirect(url ?? this.pageUrl(visit), 303);
  }

  private async answer(visit: Visit, page: BankPage | null, alert?: string): Promise<void> {
    if (!page) return this.turnAway(visit);
    const { browser, reply, token } = visit;
    void browser.protect(reply);
    if (page.state === 'decided') {
      await reply.redirect(page.redirectTo, 303);
      return;
    }
    const url = this.pageUrl(visit);
    const form = { action: url, csrf: browser.csrf(token), alert };
    await reply
      .status(page.state === 'ended' ? 410 : 200)
      .header('content-type', 'text/html; charset=utf-8')
      .send(bankPage(page, form, demoCode));
  }

  private async turnAway({ browser, reply, request }: Visit): Promise<void> {
    await browser
      .protect(reply)
      .status(400)
      .header('content-type', 'text/html; charset=utf-8')
      .send(strayPage(stray.title, stray.text, request.id));
  }
}

function actOf(form: URLSearchParams): PageAct | null {
  switch (form.get('act')) {
    case 'login':
      return { type: 'login', psuId: (form.get('username') ?? '').trim(), code: (form.get('code') ?? '').trim() };
    case 'approve':
      return { type: 'approve', accountReferences: form.getAll('account').slice(0, 200) };
    case 'refuse':
      return { type: 'refuse' };
    case null:
    default:
      return null;
  }
}

/** A login after which the page still asks for one was in vain. */
function faultOf(act: PageAct, page: BankPage | null): string | undefined {
  return act.type === 'login' && page?.state === 'login'
    ? 'Customer number or code is not right. Please try again.'
    : undefined;
}

function wordsOf(kind: Kind, error: Refusal | ProviderError): string {
  if (error instanceof ProviderError) return 'Your decision could not be passed on. Please try again in a moment.';
  if (error.code !== 'invalid_request') return 'This was decided already.';
  return kind === 'consent' ? 'Choose at least one account.' : 'Choose the account that pays.';
}
