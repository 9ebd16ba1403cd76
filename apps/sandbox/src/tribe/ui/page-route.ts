import type { FastifyInstance, FastifyReply } from 'fastify';
import html from 'html-template-tag';
import { page } from '../../kit/page.js';
import { Refusal } from '../refusal.js';
import { arrive, type Arrival, type Site } from '../site.js';

/** A page, or the address where the browser goes next. */
export type PageAnswer = { html: string; status?: number } | { redirect: string };

export interface PageRoute {
  method: 'GET' | 'POST';
  path: string;
  handle(arrival: Arrival): PageAnswer | Promise<PageAnswer>;
}

export const HUB_SITE = 'Open Banking by TOB';

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
        const arrival = arrive(site, request);
        return show(reply, arrival ? await attempt(route, arrival) : messagePage(HUB_SITE, 'No such hub', '', 404));
      },
    });
  }
}

async function attempt(route: PageRoute, arrival: Arrival): Promise<PageAnswer> {
  try {
    return await route.handle(arrival);
  } catch (error) {
    if (error instanceof Refusal) {
      return messagePage(HUB_SITE, 'This did not work', `${error.title} (${error.code})`, error.status);
    }
    throw error;
  }
}

function show(reply: FastifyReply, shown: PageAnswer): FastifyReply {
  if ('redirect' in shown) {
    return reply.header('Cache-Control', 'no-store').redirect(shown.redirect, 302);
  }
  return reply
    .code(shown.status ?? 200)
    .headers(HEADERS)
    .send(shown.html);
}

const FOOT = html`A simulation, no real money. Customers and codes: <code>GET /__control/tribe/customers</code>`;

/** A page in the frame of all; `body` is safe HTML. */
export function framed(site: string, title: string, body: string, status = 200): PageAnswer {
  return { status, html: page({ site, title, body, foot: FOOT }) };
}

export function messagePage(site: string, title: string, text: string, status = 200): PageAnswer {
  return framed(site, title, html`<p>${text}</p>`, status);
}

/** A warning above a form; empty without a text. */
export function warning(text: string | undefined): string {
  return text === undefined ? '' : html`<p class="wrong" role="alert">${text}</p>`;
}
