import type { CallbackRefusal } from '@tributary/banking';
import html from 'html-template-tag';

const words = {
  unknown: {
    title: 'This link does not work',
    text: 'It was not made here, or a part of it is missing. Go back to the app and start again from there.',
  },
  used: {
    title: 'This link was already used',
    text: 'Everything that it could do is done. Close this page and go back to the app: it shows how things stand.',
  },
  expired: {
    title: 'This link has expired',
    text: 'It is good for some minutes only. Go back to the app: it shows how things stand, or start again there.',
  },
} as const satisfies Record<CallbackRefusal, { title: string; text: string }>;

/** What a PSU sees whose return we cannot believe. It leads nowhere: who made the link is not known. */
export function refusalPage(reason: CallbackRefusal, traceId: string): string {
  const { title, text } = words[reason];
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width" />
        <title>${title}</title>
        <style>
          body {
            font:
              18px/1.5 system-ui,
              sans-serif;
            margin: 15vh auto;
            max-width: 32rem;
            padding: 0 1rem;
          }
          small {
            color: #666;
          }
        </style>
      </head>
      <body>
        <h1>${title}</h1>
        <p>${text}</p>
        <small>Reference: ${traceId}</small>
      </body>
    </html>`;
}
