import type { Answer } from '../answer.js';
import type { Bank } from '../parties.js';
import { isScheme, isScope } from '../vocabulary.js';
import { linkTo } from './accounts.endpoints.js';
import { inconsistent, type TppCall } from './call.js';
import type { Endpoint } from './endpoint.js';

export const bankEndpoints: readonly Endpoint[] = [
  {
    method: 'GET',
    path: '/banks',
    operation: 'banks.list',
    security: 'directory',
    handle: async (call) => listBanks(call),
  },
];

/** The directory: all filters must fit, lists must be offered whole; pages are counted from 1. */
function listBanks(call: TppCall): Answer {
  const { query } = call.arrival;
  const list = (name: string) => [...query.getAll(`${name}[]`), ...query.getAll(name)].filter((value) => value !== '');
  const [scopes, schemes] = [list('scopes'), list('paymentSchemes')];
  assertKnown('scopes', scopes, isScope);
  assertKnown('paymentSchemes', schemes, isScheme);
  const [name, identifier, country] = ['name', 'identifier', 'country'].map((key) => call.query(key));
  const direct = call.query('directPaymentSupport');
  if (direct !== undefined && !['true', 'false', '1', '0'].includes(direct)) {
    throw inconsistent('directPaymentSupport', 'must be true or false');
  }
  const wantsDirect = direct === undefined ? undefined : direct === 'true' || direct === '1';
  const found = [...call.hub.banks.values()].filter(
    (bank) =>
      (name === undefined || bank.name.toLowerCase().includes(name.toLowerCase())) &&
      (identifier === undefined || bank.identifier === identifier) &&
      (country === undefined || bank.country === country.toUpperCase()) &&
      (wantsDirect === undefined || bank.directPaymentSupport === wantsDirect) &&
      scopes.every((scope) => bank.scopes.some((offered) => offered === scope)) &&
      schemes.every((scheme) => bank.paymentSchemes.some((offered) => offered === scheme)),
  );
  const page = positive(call, 'page', 1);
  const limit = positive(call, 'limit', call.hub.settings.pageSize);
  const more = found.length > page * limit;
  return {
    status: 200,
    body: {
      banks: found.slice((page - 1) * limit, page * limit).map(bankView),
      ...(more ? { _links: { next: { href: nextHref(call, page + 1, limit) } } } : {}),
    },
  };
}

function bankView({ name, identifier, scopes, paymentSchemes, country, directPaymentSupport }: Bank) {
  return { name, identifier, scopes, paymentSchemes, country, directPaymentSupport };
}

function nextHref(call: TppCall, page: number, limit: number): string {
  const query = call.arrival.query;
  query.set('page', String(page));
  query.set('limit', String(limit));
  return linkTo(call, `/tpp/v2/banks?${query.toString()}`);
}

function assertKnown(name: string, values: readonly string[], known: (value: unknown) => boolean): void {
  const unknown = values.find((value) => !known(value));
  if (unknown !== undefined) {
    throw inconsistent(name, `does not know ${unknown.slice(0, 60)}`);
  }
}

function positive(call: TppCall, name: string, otherwise: number): number {
  const text = call.query(name);
  if (text !== undefined && !/^[1-9]\d{0,5}$/.test(text)) {
    throw inconsistent(name, 'must be a whole number from 1');
  }
  return text === undefined ? otherwise : Number(text);
}
