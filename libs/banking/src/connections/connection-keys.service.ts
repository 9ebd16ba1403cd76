import { Injectable } from '@nestjs/common';
import type { CallContext, EnrolledKey, KeyEnrolment } from '@tributary/providers';
import { Refusal } from '../refusal.js';
import { UpstreamsService } from '../upstreams/upstreams.service.js';
import { ConnectionsService } from './connections.service.js';

/** Keys by which an upstream knows a connection, where it takes them over its interface. */
@Injectable()
export class ConnectionKeysService {
  constructor(
    private readonly connections: ConnectionsService,
    private readonly upstreams: UpstreamsService,
  ) {}

  /** @throws Refusal `not_found`, `capability_unsupported`; ProviderError */
  async list(connectionId: string, context: CallContext): Promise<readonly EnrolledKey[]> {
    return (await this.enrolment(connectionId)).list(context);
  }

  /**
   * A new key pair, made here: the upstream gets the public half, the vault the private one, and the connection signs with it
   * from now on. Should we die in between, the upstream has a key more, which nobody can use.
   * @throws Refusal `not_found`, `capability_unsupported`, `invalid_request`; ProviderError
   */
  async enrol(connectionId: string, algorithm: string | undefined, context: CallContext): Promise<EnrolledKey> {
    const enrolment = await this.enrolment(connectionId);
    const wanted = algorithm ?? enrolment.algorithms[0] ?? '';
    if (!enrolment.algorithms.includes(wanted)) {
      const message = `must be one of ${enrolment.algorithms.join(', ')}`;
      throw new Refusal('invalid_request', 'The upstream takes no such keys.', {
        errors: [{ pointer: '/algorithm', code: 'enum', message }],
      });
    }
    const { key, settings } = await enrolment.enrol(wanted, context);
    await this.connections.change(connectionId, { settings }, context);
    return key;
  }

  /** @throws Refusal `not_found`, `capability_unsupported`, `conflict` for the key in use; ProviderError */
  async remove(connectionId: string, reference: string, context: CallContext): Promise<void> {
    const enrolment = await this.enrolment(connectionId);
    const held = await enrolment.list(context);
    if (held.some((key) => key.reference === reference && key.inUse)) {
      throw new Refusal('conflict', 'The connection signs with this key. Enrol another one first.');
    }
    await enrolment.remove(reference, context);
  }

  private async enrolment(connectionId: string): Promise<KeyEnrolment> {
    await this.connections.get(connectionId);
    const { keys } = await this.upstreams.provider(connectionId);
    if (keys) return keys;
    throw new Refusal(
      'capability_unsupported',
      'This upstream takes no keys over its interface: see its documentation.',
    );
  }
}
