import type { FastifyInstance, FastifyReply } from 'fastify';
import html from 'html-template-tag';
import { page, safePath } from '../../kit/page.js';
import { ShapeError } from '../../kit/shape.js';
import type { Call } from '../call.js';
import { OAuthError } from '../oauth/oauth-error.js';
import { openCall, type Site } from '../open-call.js';
import { readBody } from '../received-body.js';
import { TppError } from '../tpp-error.js';

/** A page, or the address where the browser goes next. */
export type PageAnswer = { html: string; status?: number } | { redirect: string };

export interface PageRoute {
  method: 'GET' | 'POST';
  path: string;
  handle(call: Call): PageAnswer;
}

const HEADERS = {
  'Content-Type': 'text/html; charset=utf-8',
  'Cache-Control': 'no-store',
  'Referrer-Policy': 'no-referrer',
  'Content-Security-Policy': "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'",
};

export function mountPages(scope: FastifyInstance, site: Site, routes: readonly PageRoute[]): void {
  for (const route of routes) {
    scope.route({
      method: route.method,
      url: route.path,
      handler: async (request, reply) => {
        const call = openCall(site, request, await readBody(request));
        return show(reply, call ? answer(route, call) : { status: 404, html: 'No such bank' });
      },
    });
  }
}

function answer(route: PageRoute, call: Call): PageAnswer {
  try {
    return route.handle(call);
  } catch (error) {
    if (error instanceof TppError || error instanceof OAuthError) {
      return messagePage(call, 'This did not work', error.message, error.status);
    }
    if (error instanceof ShapeError) {
      return messagePage(call, 'This did not work', `${error.path} ${error.message}`, 400);
    }
    throw error;
  }
}

function show(reply: FastifyReply, shown: PageAnswer): FastifyReply {
  if ('redirect' in shown) {
    return reply.header('Cache-Control', 'no-store').redirect(shown.redirect, 303);
  }
  return reply
    .code(shown.status ?? 200)
    .headers(HEADERS)
    .send(shown.html);
}

export function siteName(call: Call): string {
  return call.bank.name === 'default' ? 'MockBank' : `MockBank (${call.bank.name})`;
}

/** A page of the bank with the line that says what this is. */
export function bankPage(call: Call, title: string, body: string, status = 200): PageAnswer {
  const admin = safePath(`${call.links.prefix}/ui/admin`);
  const foot = html`A simulated bank, no real money. Customers, passwords and codes:
    <a href="$${admin}">admin page</a>.`;
  return { status, html: page({ site: siteName(call), title, body, foot }) };
}

export function messagePage(call: Call, title: string, text: string, status = 200): PageAnswer {
  return bankPage(call, title, html`<p>${text}</p>`, status);
}

/** A warning above a form; empty without a text. */
export function warning(text: string | undefined): string {
  return text === undefined ? '' : html`<p class="wrong" role="alert">${text}</p>`;
}
