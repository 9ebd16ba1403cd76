import { MalformedAnswer } from '../../kit/json.js';
import { parseXml, type XmlElement } from '../../kit/xml.js';

/** What a status report says about a message and its transfers, in its own words. */
export interface PainStatus {
  readonly status: string;
  readonly reason: string | undefined;
  /** Texts of the bank that explain the status. */
  readonly texts: readonly string[];
  /** Those transfers that the report names by their end-to-end id. */
  readonly items: readonly {
    readonly endToEndId: string;
    readonly status: string;
    readonly reason: string | undefined;
  }[];
}

/**
 * Reads a customer payment status report (pain.002, any version). The group's status leads, then that of the payment information,
 * then that of the transfers where they agree; several different ones without a word for all of them are no status.
 * @throws MalformedAnswer
 */
export function readPain002(xml: string): PainStatus {
  const report = parseXml(xml).at('CstmrPmtStsRpt');
  if (report === undefined) throw new MalformedAnswer('', 'a pain.002 message');
  const group = report.at('OrgnlGrpInfAndSts');
  const parts = report.all('OrgnlPmtInfAndSts');
  const transfers = [...report.all('TxInfAndSts'), ...parts.flatMap((part) => part.all('TxInfAndSts'))];
  const levels = [
    { name: 'GrpSts', elements: group === undefined ? [] : [group] },
    { name: 'PmtInfSts', elements: parts },
    { name: 'TxSts', elements: transfers },
  ];
  for (const { name, elements } of levels) {
    const words = new Set(elements.flatMap((element) => element.at(name)?.text ?? []));
    const [status] = words;
    if (status === undefined) continue;
    if (words.size > 1) break;
    return { status, ...explanation(levels.flatMap(({ elements: all }) => all)), items: itemsOf(transfers) };
  }
  throw new MalformedAnswer('CstmrPmtStsRpt', 'a report with one status (GrpSts, PmtInfSts or TxSts)');
}

function itemsOf(transfers: readonly XmlElement[]): PainStatus['items'] {
  return transfers.flatMap((transfer) => {
    const endToEndId = transfer.at('OrgnlEndToEndId')?.text;
    const status = transfer.at('TxSts')?.text;
    if (endToEndId === undefined || status === undefined) return [];
    return [{ endToEndId, status, reason: explanation([transfer]).reason }];
  });
}

/** The first reason from the top, and all additional texts. */
function explanation(elements: readonly XmlElement[]): Pick<PainStatus, 'reason' | 'texts'> {
  const reasons = elements.flatMap((element) => element.all('StsRsnInf'));
  const words = reasons.flatMap((reason) => reason.at('Rsn', 'Cd')?.text ?? reason.at('Rsn', 'Prtry')?.text ?? []);
  return {
    reason: words[0],
    texts: reasons.flatMap((reason) => reason.all('AddtlInf').flatMap(({ text }) => text ?? [])),
  };
}
