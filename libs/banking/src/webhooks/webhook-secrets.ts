import { Inject, Injectable } from '@nestjs/common';
import type { WebhookEndpoint } from '@tributary/persistence';
import { Vault } from '@tributary/platform';
import { randomBytes } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import { CLOCK, type Clock } from '../tokens.js';

/** Bytes of a secret; Standard Webhooks asks for 24 to 64. */
const secretBytes = 32;

interface Secrets {
  readonly current: string;
  /** Signs as well until then (RFC 3339), so that a receiver can change over without a gap. */
  readonly previous?: { readonly secret: string; readonly until: string };
}

type Owner = Pick<WebhookEndpoint, 'id' | 'appId'>;

/** The secrets that prove to an app that an event is ours. Kept in the vault; shown once. */
@Injectable()
export class WebhookSecrets {
  constructor(
    private readonly vault: Vault,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  create(owner: Owner): { readonly secret: string; readonly envelope: string } {
    const secret = newSecret();
    return { secret, envelope: this.seal(owner, { current: secret }) };
  }

  /** A new secret; the present one keeps signing for `overlapSeconds`. One that was still signing before ends now. */
  rotate(endpoint: WebhookEndpoint, overlapSeconds: number): { readonly secret: string; readonly envelope: string } {
    const { current } = this.open(endpoint);
    const secret = newSecret();
    const until = new Date(this.clock.now().getTime() + overlapSeconds * 1_000).toISOString();
    return { secret, envelope: this.seal(endpoint, { current: secret, previous: { secret: current, until } }) };
  }

  /** Header `webhook-signature`: one signature per live secret, the present one first. */
  sign(endpoint: WebhookEndpoint, eventId: string, at: Date, body: string): string {
    const { current, previous } = this.open(endpoint);
    const live = previous && Date.parse(previous.until) > at.getTime() ? [current, previous.secret] : [current];
    return live.map((secret) => new Webhook(secret).sign(eventId, at, body)).join(' ');
  }

  private open(endpoint: WebhookEndpoint): Secrets {
    return this.vault.unsealJson<Secrets>(endpoint.secretsEnvelope, placeOf(endpoint));
  }

  private seal(owner: Owner, secrets: Secrets): string {
    return this.vault.sealJson(secrets, placeOf(owner));
  }
}

const newSecret = (): string => `whsec_${randomBytes(secretBytes).toString('base64')}`;

const placeOf = ({ id, appId }: Owner) => ({
  appId,
  table: 'webhook_endpoints',
  row: id,
  column: 'secrets_envelope',
});
