import { Controller, Delete, Get, HttpCode, Param, Post } from '@nestjs/common';
import { ApiParam, ApiTags } from '@nestjs/swagger';
import { ConnectionKeysService, notFound } from '@tributary/banking';
import type { CallContext, EnrolledKey } from '@tributary/providers';
import { Scopes } from '../http/access.js';
import { ApiProblems } from '../http/api-problems.js';
import { Trace } from '../http/call.decorator.js';
import { Body } from '../http/checked.js';
import { IdParam } from '../http/id-param.js';
import { EnrolKey, KeyDto, KeyListDto } from './connection-keys.dto.js';

const referenceForm = /^[\w.:-]{1,120}$/;

@ApiTags('Connections')
@Scopes('admin')
@Controller('v1/connections/:id/keys')
export class ConnectionKeysController {
  constructor(private readonly keys: ConnectionKeysService) {}

  /**
   * List the keys that the upstream knows
   * @remarks Public halves only.
   */
  @Get()
  @ApiProblems('not_found', 'capability_unsupported')
  async list(@IdParam('cnn') id: string, @Trace() context: CallContext): Promise<KeyListDto> {
    return { data: (await this.keys.list(id, context)).map(keyView) };
  }

  /**
   * Make and enrol a key
   * @remarks The key pair is made here. The upstream gets its public half; the private half goes into the vault, is shown
   * to nobody, and signs for this connection from now on. Older keys stay good until they are removed.
   */
  @Post()
  @ApiProblems('invalid_request', 'not_found', 'capability_unsupported')
  async enrol(
    @IdParam('cnn') id: string,
    @Body() { algorithm }: EnrolKey,
    @Trace() context: CallContext,
  ): Promise<KeyDto> {
    return keyView(await this.keys.enrol(id, algorithm, context));
  }

  /**
   * Remove a key
   * @remarks At the upstream. Not the one that the connection signs with.
   */
  @Delete(':reference')
  @HttpCode(204)
  @ApiParam({
    name: 'reference',
    schema: { type: 'string', pattern: referenceForm.source, example: '_NouLPTuo7WBLBV6' },
  })
  @ApiProblems('not_found', 'capability_unsupported', 'conflict')
  async remove(
    @IdParam('cnn') id: string,
    @Param('reference') reference: string,
    @Trace() context: CallContext,
  ): Promise<void> {
    if (!referenceForm.test(reference)) throw notFound();
    await this.keys.remove(id, reference, context);
  }
}

function keyView({ reference, algorithm, publicKeyPem, expiresAt, inUse }: EnrolledKey): KeyDto {
  return { reference, algorithm, publicKeyPem, expiresAt, inUse };
}
