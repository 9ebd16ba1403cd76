import type { WireTppMessage } from './wire.js';

/**
 * Why a payment ended, from the messages beside its status. The framework has no member for an ISO 20022 reason; banks put the code
 * (ExternalStatusReason1Code: AM04, DS02, DS0H, ...) into the message code or at the start of its text. Without one, the bank's own word.
 */
export function reasonOf(messages: readonly WireTppMessage[] = []): string | undefined {
  for (const { code, text } of messages) {
    const found = isoReason(code) ?? isoReason(text);
    if (found !== undefined) return found;
  }
  return messages.find(({ code }) => code !== undefined)?.code?.slice(0, 100);
}

/** Two letters and two digits, or DS0 and a letter, alone or at the start of a text. */
function isoReason(words: string | undefined): string | undefined {
  return /^\s*([A-Z]{2}[0-9]{2}|DS0[A-Z])(?![A-Za-z0-9_])/.exec(words ?? '')?.[1];
}
