import { ArrayMaxSize, ArrayMinSize, IsArray, IsOptional, IsString, MaxLength } from 'class-validator';

/** What the upstream is to tell us. */
export class PutWebhook {
  /** Kinds of events in the upstream's words; absent: all that are of use here. @example ["PAYMENT_STATUS_CHANGED"] */
  @IsOptional()
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(50)
  @IsString({ each: true })
  @MaxLength(80, { each: true })
  events?: string[];
}

/** What the upstream was told. */
export class WebhookSubscriptionDto {
  /** @example https://api.example.com/webhooks/token-io/cnn_01K4J2V6Q8R0T3W5Y7Z9ABCDEF */
  url: string;
  /** In the upstream's words. @example ["PAYMENT_STATUS_CHANGED"] */
  events: string[];
}
