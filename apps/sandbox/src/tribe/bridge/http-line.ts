import type { BankMessage } from '../bank-message/open-message.js';
import type { BankLine, BankReply } from '../parties.js';

/** Webhooks by HTTP to a registered bank. `address` gives the URL of a webhook. */
export function httpLine(address: (name: string) => string): BankLine {
  return {
    async send(message: BankMessage, signal: AbortSignal): Promise<BankReply> {
      const headers = Object.entries(message.headers).flatMap(([name, value]): [string, string][] =>
        value === undefined ? [] : [[name, value]],
      );
      const answer = await fetch(address(message.name), {
        method: 'POST',
        redirect: 'manual',
        headers: [['user-agent', 'TribeOpenBanking'], ...headers],
        body: message.bytes,
        signal,
      });
      return { status: answer.status, bytes: Buffer.from(await answer.arrayBuffer()) };
    },
  };
}
