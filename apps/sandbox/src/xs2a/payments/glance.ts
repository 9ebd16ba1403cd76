/** What the ledger writes down of an initiation and faults compare with, also of one that is refused. */
export interface OrderGlance {
  endToEndIdentification: string | undefined;
  amount: string | undefined;
  currency: string | undefined;
}

const JSON_AMOUNT = /"instructedAmount"\s*:\s*(\{[^{}]{0,200}\})/;
const XML_AMOUNT = /<(?:\w+:)?InstdAmt\s+Ccy="([^"]{1,10})"\s*>\s*([^<]{1,20}?)\s*</;

/**
 * Looks at the text without judging it: the first transfer of a JSON order or a pain.001. Nothing is thrown, because
 * orders that are not well-formed are written down too.
 */
export function glanceAtOrder(text: string): OrderGlance {
  const json = JSON_AMOUNT.exec(text)?.[1];
  const pain = XML_AMOUNT.exec(text);
  return {
    endToEndIdentification:
      fieldOf(text, 'endToEndIdentification') ?? /<(?:\w+:)?EndToEndId>\s*([^<]{1,60}?)\s*</.exec(text)?.[1],
    amount: json === undefined ? pain?.[2] : fieldOf(json, 'amount'),
    currency: json === undefined ? pain?.[1] : fieldOf(json, 'currency'),
  };
}

function fieldOf(text: string, name: string): string | undefined {
  return new RegExp(`"${name}"\\s*:\\s*"([^"]{1,60})"`).exec(text)?.[1];
}
