import type { FastifyInstance, FastifyReply } from 'fastify';
import html from 'html-template-tag';
import { page, safePath } from '../../kit/page.js';
import { ShapeError } from '../../kit/shape.js';
import { ApiError } from '../api-error.js';
import { openVisit, type Site, type Visit } from '../visit.js';

/** A page, data for a reader's program, or the address where the browser goes next. */
export type PageAnswer = { html: string; status?: number } | { json: unknown } | { redirect: string };

export interface PageRoute {
  method: 'GET' | 'POST';
  path: string;
  handle(visit: Visit): PageAnswer;
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
      handler: async (request, reply) => show(reply, answer(route, await openVisit(site, request))),
    });
  }
}

function answer(route: PageRoute, visit: Visit): PageAnswer {
  try {
    return route.handle(visit);
  } catch (error) {
    if (error instanceof ApiError || error instanceof ShapeError) {
      const path = error instanceof ShapeError ? `${error.path} ` : '';
      return messagePage(
        visit,
        'This did not work',
        path + error.message,
        error instanceof ApiError ? error.status : 400,
      );
    }
    throw error;
  }
}

function show(reply: FastifyReply, shown: PageAnswer): FastifyReply {
  if ('redirect' in shown) {
    return reply.header('Cache-Control', 'no-store').redirect(shown.redirect, 303);
  }
  if ('json' in shown) {
    return reply.header('Cache-Control', 'no-store').send(shown.json);
  }
  return reply
    .code(shown.status ?? 200)
    .headers(HEADERS)
    .send(shown.html);
}

interface Sheet {
  title: string;
  body: string;
  status?: number;
  wide?: boolean;
}

/** A page of the platform with the line that says what this is. */
export function sheet({ prefix }: Visit, { title, body, status = 200, wide = false }: Sheet): PageAnswer {
  const link = (path: string) => safePath(`${prefix}/ui${path}`);
  const foot = html`A simulated bank, no real money. <a href="$${link('/')}">Developer portal</a>,
    <a href="$${link('/statistics')}">statistics</a>, <a href="$${link('/admin')}">admin page</a> with customers,
    passwords and codes.`;
  return { status, html: page({ site: 'Pockit via tell.connect', title, body, foot, wide }) };
}

export function messagePage(visit: Visit, title: string, text: string, status = 200): PageAnswer {
  return sheet(visit, { title, body: html`<p>${text}</p>`, status });
}

/** A warning above a form; empty without a text. */
export function warning(text: string | undefined): string {
  return text === undefined ? '' : html`<p class="wrong" role="alert">${text}</p>`;
}

/** What browsers may fill in; nothing else is theirs to know. */
const AUTOCOMPLETE: Readonly<Record<string, string>> = {
  username: 'username',
  password: 'current-password',
  clientSecret: 'current-password',
  code: 'one-time-code',
  email: 'email',
};

/** An input inside of its label, so that a page may have several forms with the same names; `value` is what stands in it. */
export function input(name: string, label: string, value = '', type: 'text' | 'password' = 'text'): string {
  const fill = AUTOCOMPLETE[name] ?? 'off';
  return html`<label>${label} <input type="${type}" name="${name}" value="${value}" autocomplete="${fill}" /></label>`;
}
