import { ApiProperty, PartialType } from '@nestjs/swagger';
import { eventTypes } from '@tributary/banking';
import {
  ArrayMaxSize,
  ArrayMinSize,
  ArrayUnique,
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsOptional,
  IsString,
  Length,
  Max,
  Min,
  registerDecorator,
  ValidateIf,
} from 'class-validator';
import { idSchema } from '../http/id-param.js';
import { IsInstant } from '../http/time.validator.js';

/** Where events are to be sent. */
export class CreateWebhookEndpoint {
  /** An https URL at a public address. */
  @ApiProperty({ type: 'string', format: 'uri', maxLength: 2000, example: 'https://app.example.com/tributary-events' })
  @IsEndpointUrl()
  url: string;

  /** What people call it. @example "Payments service" */
  @IsOptional()
  @IsString()
  @Length(1, 200)
  description?: string;

  /** Only events of these types; null or absent: all, those of later versions included. */
  @ApiProperty({
    enum: eventTypes,
    isArray: true,
    uniqueItems: true,
    minItems: 1,
    maxItems: 50,
    nullable: true,
    required: false,
    example: ['payment.statusChanged', 'consent.statusChanged'],
  })
  @ValidateIf((wish: CreateWebhookEndpoint) => wish.types !== undefined && wish.types !== null)
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(50)
  @ArrayUnique()
  @IsIn(eventTypes, { each: true })
  types?: string[] | null;

  /** Whether events are sent; true if absent. */
  @IsOptional()
  @IsBoolean()
  enabled?: boolean;
}

/** What is to be different about an endpoint. Enabling one sends what had to wait, up to three days old. */
export class ChangeWebhookEndpoint extends PartialType(CreateWebhookEndpoint) {}

/** How to change over to a new secret. */
export class RotateWebhookSecret {
  /** For so long the present secret signs as well. Default: a day. */
  @ApiProperty({ type: 'integer', minimum: 0, maximum: 604800, default: 86400, required: false, example: 86400 })
  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(604_800)
  overlapSeconds?: number;
}

/** From when on events are to be sent again. */
export class ReplayWebhooks {
  /** Events are kept for 30 days. @example "2026-01-15T08:00:00Z" */
  @IsInstant()
  since: string;
}

/** An endpoint, without its secret. */
export class WebhookEndpointDto {
  @ApiProperty(idSchema('whk'))
  id: string;
  /** @example "https://app.example.com/tributary-events" */
  url: string;
  /** @example "Payments service" */
  description?: string;
  /** null: all. Unknown ones may be added. */
  @ApiProperty({ type: [String], nullable: true, example: ['payment.statusChanged'] })
  types: string[] | null;
  enabled: boolean;
  /** Why it was disabled by us, for example after a 410. */
  disabledBecause?: string;
  /** Attempts that failed since the last that went well. */
  @ApiProperty({ type: 'integer', example: 0 })
  failuresInRow: number;
  /** Nothing is sent before: it failed lately. */
  resumeAt?: Date;
  createdAt: Date;
  updatedAt: Date;
}

/** An endpoint with its new secret. */
export class WebhookEndpointWithSecretDto extends WebhookEndpointDto {
  /** Shown this once: verifies `webhook-signature` with any Standard Webhooks library. */
  @ApiProperty({ type: 'string', example: 'whsec_...' })
  secret: string;
}

/** How many deliveries were planned. */
export class PlannedDeliveriesDto {
  @ApiProperty({ type: 'integer', example: 12 })
  deliveries: number;
}

/** A test event on its way. */
export class TestEventDto {
  @ApiProperty(idSchema('evt'))
  eventId: string;
}

/** One attempt to deliver. */
export class WebhookAttemptDto {
  at: Date;
  /** Absent when there was no answer. */
  @ApiProperty({ type: 'integer', required: false, example: 503 })
  httpStatus?: number;
  /** Why it counts as failed. @example "answered 503" */
  fault?: string;
  @ApiProperty({ type: 'integer', example: 84 })
  durationMs: number;
}

/** How an event fared at one endpoint. */
export class WebhookDeliveryDto {
  @ApiProperty(idSchema('whk'))
  endpointId: string;
  @ApiProperty({ enum: ['pending', 'delivered', 'failed'] })
  status: string;
  /** When it is tried (again). */
  nextAttemptAt?: Date;
  /** Oldest first. */
  @ApiProperty({ type: [WebhookAttemptDto] })
  attempts: WebhookAttemptDto[];
}

/** Every endpoint that an event was or will be sent to. */
export class WebhookDeliveriesDto {
  @ApiProperty({ type: [WebhookDeliveryDto] })
  data: WebhookDeliveryDto[];
}

/** Absolute, http or https (production: https at a public address, see the service), no user information, no fragment. */
function IsEndpointUrl(): PropertyDecorator {
  return (target, property) =>
    registerDecorator({
      name: 'isEndpointUrl',
      target: target.constructor,
      propertyName: String(property),
      validator: {
        validate: (value: unknown) => typeof value === 'string' && isEndpointUrl(value),
        defaultMessage: () => '$property must be an absolute https URL without user information and "#"',
      },
    });
}

function isEndpointUrl(text: string): boolean {
  if (text.length > 2_000 || !/^[\x21-\x7e]+$/.test(text) || text.includes('#') || !URL.canParse(text)) return false;
  const { protocol, username, password } = new URL(text);
  return (protocol === 'https:' || protocol === 'http:') && !username && !password;
}
