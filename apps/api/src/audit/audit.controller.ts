import { Controller, Get } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { AuditLogService } from '@tributary/banking';
import type { AuditEntry } from '@tributary/persistence';
import { Scopes } from '../http/access.js';
import { ApiProblems } from '../http/api-problems.js';
import { Query } from '../http/checked.js';
import { ApiPage, type Page, pageOf, pageRequest, sequenceKey } from '../http/page.dto.js';
import { AuditEntryDto, AuditQuery } from './audit.dto.js';

@ApiTags('Operations')
@Scopes('admin')
@Controller('v1/audit-log')
export class AuditController {
  constructor(private readonly log: AuditLogService) {}

  /**
   * Read the audit log
   * @remarks Who did what to which payment, consent, connection and credential, oldest first. Entries are chained;
   * `npm run audit:verify` tells whether one was edited, taken out or cut off.
   */
  @Get()
  @ApiPage(AuditEntryDto, 'A page of entries.')
  @ApiProblems('invalid_request')
  async list(@Query() query: AuditQuery): Promise<Page<AuditEntryDto>> {
    const entries = await this.log.list(query.subjectId, query.actor, pageRequest(query, sequenceKey));
    return pageOf(entries, query.limit, ({ sequence }) => String(sequence), entryView);
  }
}

function entryView({
  sequence,
  appId,
  at,
  actor,
  action,
  subjectId,
  details,
  position,
  hash,
}: AuditEntry): AuditEntryDto {
  return { sequence, appId, at, actor, action, subjectId, details, position, hash };
}
