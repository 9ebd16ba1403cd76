import { SERVICES, type PaymentService } from './payments/services.js';

export const APPROACH_SETTINGS = ['wish', 'embedded', 'redirect', 'decoupled', 'oauth', 'oauth-prestep'] as const;
/** How SCA is done; `wish`: the TPP's preference headers decide. */
export type ApproachSetting = (typeof APPROACH_SETTINGS)[number];

/** How this bank behaves where the specification leaves a choice, or where real banks differ. */
export interface Profile {
  /** `wish`: the customer's own setting, then the TPP's wish, then embedded. Anything else holds for everybody. */
  approach: ApproachSetting;
  /** Whether the authorisation is made with the consent or payment (implicit), or by a call of its own. */
  start: 'explicit' | 'implicit';
  /** `plain`: always `startAuthorisation`; `specific`: `startAuthorisationWithPsuAuthentication` and the like. */
  startLink: 'plain' | 'specific';
  /** `single`: `updatePsuAuthentication` stands for every PUT, as one public client of MockBank expects. */
  updateLink: 'standard' | 'single';
  /** hrefs with host, from the root of the host, or from the root of the API. */
  links: 'absolute' | 'host' | 'base';
  /** `mockbank`: no PSU-IP-Address, no combinedServiceIndicator, frequency 0 and text booleans are taken. */
  headers: 'mockbank' | 'strict';
  errors: 'tppMessages' | 'problem';
  pageSize: number;
  amounts: 'signed' | 'unsigned';
  structuredRemittance: 'text' | 'object';
  /** With one SCA method: offer it, or select it for the PSU at once. */
  singleMethod: 'offer' | 'select';
  /** `perConsent`: an account has another resourceId under every consent, as the specification allows. */
  resourceIds: 'perConsent' | 'stable';
  /** What becomes of a recurring consent when the PSU gives the same TPP a new one. */
  replacedConsent: 'expired' | 'terminatedByTpp';
  /** Wrong passwords and codes until the authorisation fails. */
  maxTries: number;
  /** 0: the asked validUntil is never shortened. */
  maxConsentDays: number;
  maxFrequencyPerDay: number;
  redirectSeconds: number;
  /** How long a consent or payment waits for its SCA. */
  confirmationSeconds: number;
  /** From the end of the SCA until ACSP and until ACSC. */
  acspAfterSeconds: number;
  acscAfterSeconds: number;
  codeSeconds: number;
  accessTokenSeconds: number;
  refreshTokens: boolean;
  /** A refresh brings a new refresh token, and the old one ends (RFC 6749, section 6; RFC 9700, section 4.14.2). */
  rotatesRefreshTokens: boolean;
  /** `own`: one product that the framework does not have, and no other. */
  products: 'standard' | 'own';
  /** Whether a repeated X-Request-ID gets the first answer again; without it every request is a new one. */
  replays: boolean;
  /** The metadata gives an authorization_endpoint that already has a query. */
  endpointQuery: boolean;
  /** Payment services on offer. */
  services: readonly PaymentService[];
  /** DELETE of an authorised payment: done at once, after an SCA of its own, or never. */
  cancellation: 'direct' | 'authorised' | 'refused';
  /** The status of an authorised payment that waits for its day. */
  waitingStatus: 'ACTC' | 'PDNG';
  /** Where a pain.002 says the status: for the group, or for the transfers only. */
  painStatus: 'group' | 'transactions';
  /** `products`: TARGET2 and cross-border cost; `all`: SEPA too. */
  fees: 'none' | 'products' | 'all';
  /** Redirect: the way back has a code that the TPP must bring. */
  confirmationCodes: boolean;
  /** Its name in the query of the way back; the specification names none, the first is the one of the adorsys XS2A server. */
  confirmationName: 'authConfirmationCode' | 'proof';
  /** Consents may ask for AIS and PIS in one session. */
  combinedService: boolean;
  /** Which fields of psuData are taken in embedded. */
  passwords: 'plain' | 'encrypted' | 'additional' | 'additionalEncrypted';
  /** entryReferenceFrom and deltaList are offered. */
  delta: boolean;
  /** Transaction lists are a link to the whole report. */
  download: boolean;
  /** Which camt and MT message; `auto`: 053 and 940 for booked entries only, else 052 and 942. */
  camt: 'auto' | '052' | '053' | '054';
  mt: 'auto' | '940' | '942';
  /** `missing`: no entryReference either; `repeated`: the same word everywhere. */
  transactionIds: 'given' | 'missing' | 'repeated';
  pendingDates: 'missing' | 'given';
  /** One unreadable row in every list; of transactions, among the booked ones. */
  badRow: boolean;
  /** How a list without entries is written. */
  emptyLists: 'empty' | 'missing' | 'null';
  /** `all`: every balance type, and one of another currency. */
  balances: 'usual' | 'all';
  /** The specification writes both. */
  detailsKey: 'transactionsDetails' | 'transactionDetails';
  /** `_links` of accounts. */
  accountLinks: 'given' | 'none';
  /** Amounts as texts with all decimals, as JSON numbers, or as texts without decimals that are zero. */
  amountStyle: 'texts' | 'numbers' | 'short';
  /** `own`: links have names of this bank. */
  linkNames: 'standard' | 'own';
  /** `_links` as objects with `href`, or as plain texts. */
  hrefs: 'objects' | 'texts';
  /** Consent, SCA and transaction statuses as words, or by number. */
  statuses: 'words' | 'numbers';
  /** Answers without authorisationId: it is in the links only. */
  authorisationIds: 'given' | 'missing';
  /** `odd`: `Aspsp-Sca-Approach`. */
  headerSpelling: 'standard' | 'odd';
  /** Where scaOAuth points to: the well-known path, or `openid-configuration?authorisationId=`. */
  oauthMetadata: 'wellKnown' | 'openid';
  /** `upper`: response type `CODE`, grant `AUTHORISATION_CODE`, and nothing about PKCE. */
  oauthWords: 'standard' | 'upper';
  /** `own`: scopes are `consents/{id}`, `payments/{id}` and `baskets/{id}`. */
  oauthScopes: 'standard' | 'own';
  /** `query`: what is in the body of a token request is not read. */
  oauthTokenIn: 'anywhere' | 'query';
  /** `refused`: an authorise request with PKCE is a mistake. */
  pkce: 'taken' | 'refused';
  /** Name of the id of an SCA method, in answers and in requests. */
  methodIdName: 'authenticationMethodId' | 'authMethodId';
  /** `dead`: the links `status` lead nowhere; the path of the specification does. */
  statusLinks: 'right' | 'dead';
  /** A password is good only with the number of the branch next to it, `psuData.branchCode`. */
  branchCode: boolean;
  /** Nothing is created without PSU-User-Agent. */
  userAgentRequired: boolean;
  /** Signing baskets: of payments and consents, of payments only, or none. */
  baskets: 'mixed' | 'payments' | 'none';
  /** Whether funds are confirmed without a consent for it. */
  fundsConsent: 'optional' | 'required';
  /** `required`: every call needs Digest, Signature and TPP-Signature-Certificate. */
  signature: 'off' | 'required';
  /** `withDate`: Date is signed too, as in versions up to 1.3.3; `withTarget`: method and path, as `(request-target)`. */
  signatureHeaders: 'standard' | 'withDate' | 'withTarget';
  /** The name of the TPP's key: as its certificate says, or as it was registered. */
  signatureKeyId: 'certificate' | 'registered';
  /** `required`: calls come by TLS with a client certificate. */
  mtls: 'off' | 'required';
}

/** MockBank as its public pages show it. */
export function mockbankProfile(): Profile {
  return {
    approach: 'wish',
    start: 'explicit',
    startLink: 'plain',
    updateLink: 'standard',
    links: 'absolute',
    headers: 'mockbank',
    errors: 'tppMessages',
    pageSize: 50,
    amounts: 'signed',
    structuredRemittance: 'text',
    singleMethod: 'offer',
    resourceIds: 'perConsent',
    replacedConsent: 'expired',
    maxTries: 3,
    maxConsentDays: 0,
    maxFrequencyPerDay: 4,
    redirectSeconds: 600,
    confirmationSeconds: 86_400,
    acspAfterSeconds: 1,
    acscAfterSeconds: 3,
    codeSeconds: 60,
    accessTokenSeconds: 3564,
    refreshTokens: true,
    rotatesRefreshTokens: true,
    products: 'standard',
    replays: true,
    endpointQuery: false,
    services: SERVICES,
    cancellation: 'authorised',
    waitingStatus: 'ACTC',
    painStatus: 'group',
    fees: 'products',
    confirmationCodes: false,
    confirmationName: 'authConfirmationCode',
    combinedService: true,
    passwords: 'plain',
    delta: true,
    download: false,
    camt: 'auto',
    mt: 'auto',
    transactionIds: 'given',
    pendingDates: 'missing',
    badRow: false,
    emptyLists: 'empty',
    balances: 'usual',
    detailsKey: 'transactionsDetails',
    accountLinks: 'given',
    amountStyle: 'texts',
    linkNames: 'standard',
    hrefs: 'objects',
    statuses: 'words',
    authorisationIds: 'given',
    headerSpelling: 'standard',
    oauthMetadata: 'wellKnown',
    oauthWords: 'standard',
    oauthScopes: 'standard',
    oauthTokenIn: 'anywhere',
    pkce: 'taken',
    methodIdName: 'authenticationMethodId',
    statusLinks: 'right',
    branchCode: false,
    userAgentRequired: false,
    baskets: 'mixed',
    fundsConsent: 'optional',
    signature: 'off',
    signatureHeaders: 'standard',
    signatureKeyId: 'certificate',
    mtls: 'off',
  };
}
