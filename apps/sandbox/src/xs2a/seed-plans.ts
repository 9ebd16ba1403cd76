import type { ApproachSetting } from './profile.js';
import type { ReportType } from './reports/report-type.js';

export interface AccountPlan {
  name: string;
  product: string;
  type: string;
  currency: string;
  opening: string;
  count: number;
  pending: number;
  salary?: boolean;
  /** A company's account: who owns it, and how many must sign. */
  company?: { name: string; signatures: number };
  reportTypes?: readonly ReportType[];
  /** Bookings that need more than a line: a batch with its parts, and one that was taken back. */
  rarities?: true;
}

export interface CustomerPlan {
  username: string;
  fullName: string;
  approach: ApproachSetting;
  methods: readonly ('sms' | 'app' | 'mail')[];
  accounts: readonly AccountPlan[];
  cards?: true;
  /** Username of an earlier customer whose accounts are theirs too. */
  shares?: string;
}

const GIRO: AccountPlan = {
  name: 'Girokonto',
  product: 'Giro Komfort',
  type: 'CACC',
  currency: 'EUR',
  opening: '2400.00',
  count: 24,
  pending: 2,
  salary: true,
};
const SAVINGS: AccountPlan = {
  name: 'Tagesgeld',
  product: 'Tagesgeld Plus',
  type: 'SVGS',
  currency: 'EUR',
  opening: '9100.00',
  count: 0,
  pending: 0,
};
const POOR: AccountPlan = { ...GIRO, opening: '3.10', count: 0, pending: 0 };
const COMPANY: AccountPlan = {
  ...GIRO,
  name: 'Geschäftskonto',
  product: 'Giro Business',
  opening: '48000.00',
  salary: false,
  company: { name: 'Nordwind Werke GmbH', signatures: 2 },
};
/** Transactions in one type only. */
const CAMT: AccountPlan = { ...GIRO, count: 40, rarities: true, reportTypes: ['application/xml'] };
const MT940: AccountPlan = { ...GIRO, count: 40, rarities: true, reportTypes: ['text/plain'] };
const DOLLAR: AccountPlan = { ...SAVINGS, name: 'US dollar account', product: 'Valuta', type: 'CACC', currency: 'USD' };

/** One customer per SCA approach, and some with a purpose of their own. */
export const CUSTOMERS: readonly CustomerPlan[] = [
  {
    username: 'anna.embedded',
    fullName: 'Anna Keller',
    approach: 'embedded',
    methods: ['sms'],
    accounts: [GIRO, SAVINGS],
  },
  {
    username: 'bruno.redirect',
    fullName: 'Bruno Winter',
    approach: 'redirect',
    methods: ['sms'],
    accounts: [GIRO, SAVINGS],
  },
  { username: 'clara.decoupled', fullName: 'Clara Vogt', approach: 'decoupled', methods: ['app'], accounts: [GIRO] },
  { username: 'david.oauth', fullName: 'David Brandt', approach: 'oauth', methods: ['sms'], accounts: [GIRO, SAVINGS] },
  { username: 'emma.prestep', fullName: 'Emma Seidel', approach: 'oauth-prestep', methods: ['sms'], accounts: [GIRO] },
  {
    username: 'felix.methods',
    fullName: 'Felix Arndt',
    approach: 'embedded',
    methods: ['sms', 'app'],
    accounts: [GIRO],
  },
  {
    username: 'greta.many',
    fullName: 'Greta Lindner',
    approach: 'wish',
    methods: ['sms', 'mail', 'app'],
    accounts: [{ ...GIRO, count: 180 }, SAVINGS, DOLLAR],
  },
  { username: 'hugo.poor', fullName: 'Hugo Busch', approach: 'embedded', methods: ['sms'], accounts: [POOR] },
  { username: 'ida.nomethod', fullName: 'Ida Franke', approach: 'embedded', methods: [], accounts: [GIRO] },
  {
    username: 'karla.corporate',
    fullName: 'Karla Reuter',
    approach: 'wish',
    methods: ['sms', 'app'],
    accounts: [COMPANY],
  },
  {
    username: 'ludwig.corporate',
    fullName: 'Ludwig Thiel',
    approach: 'wish',
    methods: ['sms', 'app'],
    accounts: [],
    shares: 'karla.corporate',
  },
  { username: 'mona.camt', fullName: 'Mona Schütz', approach: 'embedded', methods: ['sms'], accounts: [CAMT, SAVINGS] },
  { username: 'nils.mt940', fullName: 'Nils Förster', approach: 'embedded', methods: ['sms'], accounts: [MT940] },
  {
    username: 'olga.card',
    fullName: 'Olga Brenner',
    approach: 'embedded',
    methods: ['sms', 'app'],
    accounts: [GIRO],
    cards: true,
  },
];
