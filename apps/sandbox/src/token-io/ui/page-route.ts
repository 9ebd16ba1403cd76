import type { FastifyInstance, FastifyReply } from 'fastify';
import html from 'html-template-tag';
import { page, safePath } from '../../kit/page.js';
import { ShapeError } from '../../kit/shape.js';
import { ApiError } from '../api-error.js';
import type { Call } from '../call.js';
import { openCall, type Site } from '../site.js';

/** A page, or the address where the browser goes next. */
export type PageAnswer = { html: string; status?: number; type?: string } | { redirect: string };

export interface PageRoute {
  method: 'GET' | 'POST';
  path: string;
  handle(call: Call): PageAnswer;
}

const HEADERS = {
  'Cache-Control': 'no-store',
  'Referrer-Policy': 'no-referrer',
  'Content-Security-Policy': "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'",
};

export function mountPages(scope: FastifyInstance, site: Site, routes: readonly PageRoute[]): void {
  for (const route of routes) {
    scope.route({
      method: route.method,
      url: route.path,
      handler: (request, reply) => {
        const call = openCall(site, request);
        const shown = call ? answer(route, call) : { status: 404, html: 'No such hub' };
        call?.hub.catchUp();
        return show(reply, shown);
      },
    });
  }
}

function answer(route: PageRoute, call: Call): PageAnswer {
  try {
    return route.handle(call);
  } catch (error) {
    if (error instanceof ApiError) {
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
    .headers({ ...HEADERS, 'Content-Type': shown.type ?? 'text/html; charset=utf-8' })
    .send(shown.html);
}

/** The path of the hub's prefix, for links within it. */
export function pathOf(call: Call): string {
  return new URL(call.base).pathname;
}

/** A page with the line that says what this is; `site` is the bank or the hub that speaks. */
export function sitePage(call: Call, site: string, title: string, body: string, status = 200): PageAnswer {
  const admin = safePath(`${pathOf(call)}/ui/admin`);
  const foot = html`Simulated, no real money. Customers, passwords and codes: <a href="$${admin}">admin page</a>.`;
  return { status, html: page({ site, title, body, foot }) };
}

export function messagePage(call: Call, title: string, text: string, status = 200, site = 'Token.io'): PageAnswer {
  return sitePage(call, site, title, html`<p>${text}</p>`, status);
}

/** A warning above a form; empty without a text. */
export function warning(text: string | undefined): string {
  return text === undefined ? '' : html`<p class="wrong" role="alert">${text}</p>`;
}
