import html from 'html-template-tag';
import { page, safePath } from '../../kit/page.js';
import type { Call } from '../call.js';
import { pathOf, type PageAnswer, type PageRoute } from './page-route.js';

/** For testers: who there is, and what happened. */
export const adminPages: readonly PageRoute[] = [
  { method: 'GET', path: '/ui/admin', handle: show },
  { method: 'GET', path: '/ui/logo/:name', handle: logo },
];

function show(call: Call): PageAnswer {
  const { hub } = call;
  const app = safePath(`${pathOf(call)}/ui/banking-app`);
  const body = html`<p>The clock: ${hub.now().toISOString()}. <a href="$${app}">Banking app</a> (decoupled banks).</p>
    <h2>Customers</h2>
    $${table(
      ['User name', 'Name', 'Password or PIN', 'Code'],
      hub.customers.map(({ username, fullName, password, code }) => [username, fullName, password, code]),
    )}
    <h2>Banks</h2>
    $${table(
      ['Id', 'Name', 'Authentication', 'AIS', 'PIS', 'Rails'],
      [...hub.banks.values()].map(({ id, name, approach, localInstruments, status }) => [
        id,
        name,
        approach,
        status.ais,
        status.pis,
        localInstruments.join(' '),
      ]),
    )}
    <h2>Payments</h2>
    $${table(
      ['Bank', 'Amount', 'Status', 'Word of the bank', 'Reason', 'Id'],
      [...hub.payments.values()]
        .slice(-100)
        .toReversed()
        .map(({ id, bankId, order, status, bankStatus, reason }) => [
          bankId ?? '',
          `${order.amount} ${order.currency}`,
          status,
          bankStatus ?? '',
          reason ?? '',
          id,
        ]),
    )}
    <h2>Token requests</h2>
    $${table(
      ['Id', 'Kind', 'Bank', 'Status', 'Token', 'Transfer'],
      [...hub.requests.values()]
        .slice(-100)
        .toReversed()
        .map(({ id, body: { kind }, bankId, status, tokenId, transferId }) => [
          id,
          kind,
          bankId ?? '',
          status,
          tokenId ?? '',
          hub.transfers.get(transferId ?? '')?.status ?? '',
        ]),
    )}
    <h2>Webhooks</h2>
    $${table(
      ['Event', 'To', 'State', 'Tries'],
      hub.courier.deliveries
        .slice(-50)
        .toReversed()
        .map(({ type, url, state, attempts }) => [type, url, state, String(attempts.length)]),
    )}`;
  return { html: page({ site: 'Token.io (simulated)', title: 'Admin', body, wide: true }) };
}

function table(head: string[], rows: string[][]): string {
  const cells = (row: string[]) => row.map((cell) => html`<td>${cell}</td>`).join('');
  const body = rows
    .map(
      (row) =>
        html`<tr>
          $${cells(row)}
        </tr>`,
    )
    .join('');
  const names = head.map((name) => html`<th>${name}</th>`).join('');
  return rows.length === 0
    ? html`<p class="note">None.</p>`
    : html`<div class="scroll">
        <table>
          <thead>
            <tr>
              $${names}
            </tr>
          </thead>
          <tbody>
            $${body}
          </tbody>
        </table>
      </div>`;
}

/** One sign for all banks. */
function logo(): PageAnswer {
  return {
    type: 'image/svg+xml',
    html: '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64"><rect width="64" height="64" rx="12" fill="#0b6b61"/><path d="M12 50h40M16 26h32L32 14zM20 28v18M32 28v18M44 28v18" stroke="#fff" stroke-width="4" fill="none"/></svg>',
  };
}
