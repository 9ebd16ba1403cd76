import html from 'html-template-tag';
import { safePath } from '../../kit/page.js';
import { newSecret } from '../consent.js';
import type { FurnishedHub } from '../furnished-hub.js';
import type { Tpp } from '../parties.js';
import { withQuery } from '../with-query.js';
import { framed, type PageRoute } from './page-route.js';

const SITE = 'Budget App';
const CLIENT_ID = 'budget-app';
const SCOPE = 'accounts accounts.balances accounts.transactions';

/** A TPP that does nothing but send people to their bank: for a look at the pages of any bank at the hub. */
export const tppPages: readonly PageRoute[] = [
  {
    method: 'GET',
    path: '/ui/tpp',
    handle: ({ hub }) => {
      const here = new URL(`${hub.address}/ui/tpp/link`).pathname;
      const banks = [...hub.banks.values()].map(
        ({ identifier, name, country }) =>
          html`<li>
            <a href="$${safePath(here)}?bank=${encodeURIComponent(identifier)}">${name}</a>
            <span class="note">${country}, ${identifier}</span>
          </li>`,
      );
      const body = html`<p>Choose a bank, and see the pages on which its customers decide.</p>
        <ul>
          $${banks.join('')}
        </ul>`;
      return framed(SITE, 'Show me my accounts', body);
    },
  },
  {
    method: 'GET',
    path: '/ui/tpp/link',
    handle: ({ hub, query }) => ({
      redirect: withQuery(`${hub.address}/oauth/authorize`, {
        bank: query.get('bank') ?? '',
        client_id: budgetApp(hub).clientId,
        redirect_uri: backTo(hub),
        response_type: 'code',
        // Every visit is another request: banks take none twice.
        state: newSecret(8),
        scope: SCOPE,
      }),
    }),
  },
  {
    method: 'GET',
    path: '/ui/tpp/back',
    handle: ({ hub, query }) => {
      const granted = query.has('code');
      const text = granted
        ? 'The bank sent you back with a code. A real app would exchange it for a token now.'
        : `The bank sent you back without a code: ${query.get('error') ?? 'no error was named'}.`;
      const again = new URL(`${hub.address}/ui/tpp`).pathname;
      const body = html`<p>${text}</p>
        <p><a href="$${safePath(again)}">Once more</a></p>`;
      return framed(SITE, granted ? 'You allowed it' : 'You did not allow it', body);
    },
  },
];

/** The hub knows it from its first visitor on. */
function budgetApp(hub: FurnishedHub): Tpp {
  const known = hub.tpps.get(CLIENT_ID);
  const tpp: Tpp = known ?? {
    clientId: CLIENT_ID,
    clientSecret: newSecret(),
    name: SITE,
    registrationNumber: 'UK-145441',
    organisationIdentifier: undefined,
    redirectUris: [backTo(hub)],
    webhookUrl: undefined,
    blocked: false,
  };
  hub.tpps.set(CLIENT_ID, tpp);
  return tpp;
}

const backTo = (hub: FurnishedHub): string => `${hub.address}/ui/tpp/back`;
