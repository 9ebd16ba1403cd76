import type { TextRule } from '../../kit/shape.js';
import type { Content, ElementRule } from './xml-schema.js';

/** Namespace of the message that the OpenAPI file of XS2A 1.3 names. */
export const PAIN_001 = 'urn:iso:std:iso:20022:tech:xsd:pain.001.001.03';

const text = (max: number): Content => ({ kind: 'text', rule: { max } });
const like = (pattern: RegExp, expected: string, max = 40): Content => {
  const rule: TextRule = { max, pattern, expected };
  return { kind: 'text', rule };
};
const sequence = (...elements: ElementRule[]): Content => ({ kind: 'sequence', elements });
const choice = (...elements: ElementRule[]): Content => ({ kind: 'choice', elements });
const one = (name: string, content: Content, attributes?: readonly string[]): ElementRule => ({
  name,
  content,
  ...(attributes ? { attributes } : {}),
});
const maybe = (name: string, content: Content, max = 1): ElementRule => ({ name, content, min: 0, max });

const CODE = like(/^[A-Z0-9]{1,4}$/, 'a code of at most 4 characters');
const DATE = like(/^\d{4}-\d{2}-\d{2}$/, 'a date, YYYY-MM-DD');
const COUNT = like(/^\d{1,15}$/, 'a number');
const AMOUNT = like(/^\d{1,14}(\.\d{1,5})?$/, 'a decimal without sign and exponent');
const CURRENCY = like(/^[A-Z]{3}$/, 'an ISO 4217 code such as EUR');
const BIC = like(/^[A-Z]{6}[A-Z2-9][A-NP-Z0-9]([A-Z0-9]{3})?$/, 'a BIC');
const IBAN = like(/^[A-Z]{2}\d{2}[A-Za-z0-9]{1,30}$/, 'an IBAN');
const INSTANT = like(
  /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,9})?(Z|[+-]\d{2}:\d{2})?$/,
  'an instant such as 2030-01-31T12:00:00Z',
);

const CODE_OR_TEXT = choice(one('Cd', text(35)), one('Prtry', text(35)));
const OTHER_ID = sequence(one('Id', text(34)), maybe('SchmeNm', CODE_OR_TEXT), maybe('Issr', text(35)));
const ADDRESS = sequence(
  maybe('AdrTp', CODE),
  maybe('Dept', text(70)),
  maybe('SubDept', text(70)),
  maybe('StrtNm', text(70)),
  maybe('BldgNb', text(16)),
  maybe('PstCd', text(16)),
  maybe('TwnNm', text(35)),
  maybe('CtrySubDvsn', text(35)),
  maybe('Ctry', like(/^[A-Z]{2}$/, 'an ISO 3166 code such as DE')),
  maybe('AdrLine', text(70), 7),
);
const PARTY = sequence(
  maybe('Nm', text(140)),
  maybe('PstlAdr', ADDRESS),
  maybe('Id', { kind: 'any' }),
  maybe('CtryOfRes', CODE),
  maybe('CtctDtls', { kind: 'any' }),
);
const ACCOUNT = sequence(
  one('Id', choice(one('IBAN', IBAN), one('Othr', OTHER_ID))),
  maybe('Tp', CODE_OR_TEXT),
  maybe('Ccy', CURRENCY),
  maybe('Nm', text(70)),
);
const AGENT = sequence(
  one(
    'FinInstnId',
    sequence(
      maybe('BIC', BIC),
      maybe('ClrSysMmbId', { kind: 'any' }),
      maybe('Nm', text(140)),
      maybe('PstlAdr', ADDRESS),
      maybe('Othr', { kind: 'any' }),
    ),
  ),
  maybe('BrnchId', { kind: 'any' }),
);
const PAYMENT_TYPE = sequence(
  maybe('InstrPrty', CODE),
  maybe('SvcLvl', CODE_OR_TEXT),
  maybe('LclInstrm', CODE_OR_TEXT),
  maybe('CtgyPurp', CODE_OR_TEXT),
);
const CREDITOR_REFERENCE = sequence(
  maybe('Tp', sequence(one('CdOrPrtry', CODE_OR_TEXT), maybe('Issr', text(35)))),
  maybe('Ref', text(35)),
);
const REMITTANCE = sequence(
  maybe('Ustrd', text(140), 100),
  maybe(
    'Strd',
    sequence(
      maybe('RfrdDocInf', { kind: 'any' }, 100),
      maybe('RfrdDocAmt', { kind: 'any' }),
      maybe('CdtrRefInf', CREDITOR_REFERENCE),
      maybe('Invcr', { kind: 'any' }),
      maybe('Invcee', { kind: 'any' }),
      maybe('AddtlRmtInf', text(140), 3),
    ),
    100,
  ),
);
const CHARGE_BEARER = like(/^(DEBT|CRED|SHAR|SLEV)$/, 'DEBT, CRED, SHAR or SLEV');

const TRANSFER = sequence(
  one('PmtId', sequence(maybe('InstrId', text(35)), one('EndToEndId', text(35)))),
  maybe('PmtTpInf', PAYMENT_TYPE),
  one('Amt', choice(one('InstdAmt', AMOUNT, ['Ccy']))),
  maybe('XchgRateInf', { kind: 'any' }),
  maybe('ChrgBr', CHARGE_BEARER),
  maybe('ChqInstr', { kind: 'any' }),
  maybe('UltmtDbtr', PARTY),
  maybe('IntrmyAgt1', AGENT),
  maybe('CdtrAgt', AGENT),
  one('Cdtr', PARTY),
  one('CdtrAcct', ACCOUNT),
  maybe('UltmtCdtr', PARTY),
  maybe('InstrForCdtrAgt', { kind: 'any' }, 10),
  maybe('InstrForDbtrAgt', text(140)),
  maybe('Purp', CODE_OR_TEXT),
  maybe('RgltryRptg', { kind: 'any' }, 10),
  maybe('RltdRmtInf', { kind: 'any' }, 10),
  maybe('RmtInf', REMITTANCE),
);

/** pain.001.001.03, CustomerCreditTransferInitiation, as far as this bank reads it: one PmtInf, credit transfers. */
export const PAIN_001_RULE: ElementRule = one(
  'Document',
  sequence(
    one(
      'CstmrCdtTrfInitn',
      sequence(
        one(
          'GrpHdr',
          sequence(
            one('MsgId', text(35)),
            one('CreDtTm', INSTANT),
            maybe('Authstn', { kind: 'any' }, 2),
            one('NbOfTxs', COUNT),
            maybe('CtrlSum', AMOUNT),
            one('InitgPty', PARTY),
            maybe('FwdgAgt', AGENT),
          ),
        ),
        one(
          'PmtInf',
          sequence(
            one('PmtInfId', text(35)),
            one('PmtMtd', like(/^TRF$/, 'TRF')),
            maybe('BtchBookg', like(/^(true|false|1|0)$/, 'true or false')),
            maybe('NbOfTxs', COUNT),
            maybe('CtrlSum', AMOUNT),
            maybe('PmtTpInf', PAYMENT_TYPE),
            one('ReqdExctnDt', DATE),
            maybe('PoolgAdjstmntDt', DATE),
            one('Dbtr', PARTY),
            one('DbtrAcct', ACCOUNT),
            one('DbtrAgt', AGENT),
            maybe('DbtrAgtAcct', ACCOUNT),
            maybe('UltmtDbtr', PARTY),
            maybe('ChrgBr', CHARGE_BEARER),
            maybe('ChrgsAcct', ACCOUNT),
            maybe('ChrgsAcctAgt', AGENT),
            { name: 'CdtTrfTxInf', max: 1000, content: TRANSFER },
          ),
        ),
      ),
    ),
  ),
);
