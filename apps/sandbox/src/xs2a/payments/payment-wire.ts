/** A payment in JSON, as received. */
export interface JsonWire {
  format: 'json';
  body: Record<string, unknown>;
}

/** A pain.001 message, as received, with what a pain.002 repeats of it. */
export interface PainWire {
  format: 'xml';
  text: string;
  messageId: string;
  createdAt: string;
  paymentInformationId: string;
  /** Periodic payments: the JSON part of the multipart body. */
  standingOrder?: Record<string, unknown> | undefined;
}

export type PaymentWire = JsonWire | PainWire;
