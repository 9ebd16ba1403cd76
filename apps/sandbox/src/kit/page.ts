import html from 'html-template-tag';
import { STYLE } from './style.js';

export interface PageParts {
  /** The bank or service that speaks. */
  site: string;
  title: string;
  /** Safe HTML: made with the `html` tag. */
  body: string;
  /** A line below, safe HTML. */
  foot?: string;
  /** For tables: use the whole width. */
  wide?: boolean;
}

/** One frame for every page: no script, nothing from elsewhere, readable on a phone. */
export function page({ site, title, body, foot = '', wide = false }: PageParts): string {
  const main = wide ? 'wide' : 'card';
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title} - ${site}</title>
        <style>
          $${STYLE}
        </style>
      </head>
      <body>
        <header><span class="mark" aria-hidden="true"></span>${site}</header>
        <main class="${main}">
          <h1>${title}</h1>
          $${body}
        </main>
        <footer>$${foot}</footer>
      </body>
    </html>`;
}

/** A path of our own for an href or action: encoded, so that it cannot leave the attribute. */
export function safePath(path: string): string {
  // What is percent-encoded already stays as it is: encoding it twice would change the address.
  return encodeURI(path).replaceAll('%25', '%').replaceAll("'", '%27').replaceAll('"', '%22');
}
