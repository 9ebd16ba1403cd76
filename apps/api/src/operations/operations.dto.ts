import { ApiProperty } from '@nestjs/swagger';

/** Whether a process lives, or can do its work. */
export class HealthDto {
  /** @example ok */
  status: string;
  /** What was looked at. */
  @ApiProperty({
    type: 'object',
    additionalProperties: { type: 'string' },
    example: { database: 'up', queue: 'up' },
  })
  checks: Record<string, string>;
}
