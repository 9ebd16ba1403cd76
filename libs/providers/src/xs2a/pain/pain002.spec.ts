import fc from 'fast-check';
import { MalformedAnswer } from '../../kit/json.js';
import { readPain002 } from './pain002.js';

const report = (content: string): string =>
  `<?xml version="1.0"?><Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.002.001.03"><CstmrPmtStsRpt>${content}</CstmrPmtStsRpt></Document>`;
const group = (status: string): string =>
  `<OrgnlGrpInfAndSts><OrgnlMsgId>M</OrgnlMsgId><OrgnlMsgNmId>pain.001.001.03</OrgnlMsgNmId>${status}</OrgnlGrpInfAndSts>`;
const transfer = (id: string, status: string, why = ''): string =>
  `<TxInfAndSts><OrgnlEndToEndId>${id}</OrgnlEndToEndId><TxSts>${status}</TxSts>${why}</TxInfAndSts>`;
const because = (code: string, text = ''): string =>
  `<StsRsnInf><Rsn><Cd>${code}</Cd></Rsn>${text === '' ? '' : `<AddtlInf>${text}</AddtlInf>`}</StsRsnInf>`;
const part = (content: string): string =>
  `<OrgnlPmtInfAndSts><OrgnlPmtInfId>P</OrgnlPmtInfId>${content}</OrgnlPmtInfAndSts>`;

describe('the status of a report', () => {
  it.each([
    ['of the group', group('<GrpSts>ACTC</GrpSts>'), 'ACTC'],
    ['of the group before others', group('<GrpSts>PART</GrpSts>') + part(transfer('1', 'ACSC')), 'PART'],
    ['of the payment information', group('') + part('<PmtInfSts>RCVD</PmtInfSts>'), 'RCVD'],
    ['of its only transfer', group('') + part(transfer('1', 'ACSP')), 'ACSP'],
    ['of transfers that agree', group('') + part(transfer('1', 'ACSP') + transfer('2', 'ACSP')), 'ACSP'],
    ['that nobody knows', group('<GrpSts>ACTV</GrpSts>'), 'ACTV'],
  ])('is the one %s', (_, content, status) => {
    expect(readPain002(report(content)).status).toBe(status);
  });

  // Negative control: a reader that takes the first word it finds would call a bulk executed of which a part was refused.
  it.each([
    ['several without a word for all', report(group('') + part(transfer('1', 'ACSC') + transfer('2', 'RJCT')))],
    ['several parts that differ', report(part('<PmtInfSts>ACSC</PmtInfSts>') + part('<PmtInfSts>RJCT</PmtInfSts>'))],
    ['none', report(group(''))],
    ['another message', '<Document><CstmrCdtTrfInitn/></Document>'],
    ['half a message', report(group('<GrpSts>ACSC</GrpSts>')).slice(0, -20)],
    ['a page', '<html><body>Maintenance</body></html>'],
    ['nothing', ''],
  ])('is not guessed from %s', (_, xml) => {
    expect(() => readPain002(xml)).toThrow(MalformedAnswer);
  });
});

it('gives reasons, texts and the transfers by their ids', () => {
  const content =
    group('<GrpSts>PART</GrpSts>') +
    part(
      transfer('I-1', 'ACSC') + transfer('I-2', 'RJCT', because('AC04', 'Account &amp; closed')) + transfer('', 'RJCT'),
    );
  expect(readPain002(report(content))).toEqual({
    status: 'PART',
    reason: 'AC04',
    texts: ['Account & closed'],
    items: [
      { endToEndId: 'I-1', status: 'ACSC', reason: undefined },
      { endToEndId: 'I-2', status: 'RJCT', reason: 'AC04' },
    ],
  });
  const proprietary = '<StsRsnInf><Rsn><Prtry>FRAUD</Prtry></Rsn></StsRsnInf>';
  expect(readPain002(report(group(`<GrpSts>RJCT</GrpSts>${proprietary}`))).reason).toBe('FRAUD');
});

it('never does anything but read or refuse', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.string().map(report),
        fc.string().map((text) => report(group(text))),
      ),
      (xml) => {
        try {
          expect(typeof readPain002(xml).status).toBe('string');
        } catch (error) {
          expect(error).toBeInstanceOf(MalformedAnswer);
        }
      },
    ),
  );
});
