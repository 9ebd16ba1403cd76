/** A further error inside `additionalErrors`; title up to 70 characters, details up to 500. */
export interface AdditionalError {
  code: string;
  title?: string;
  details?: string;
}

/** A refusal in Tribe's words; `code` is of the enum "Error code" of the BANK API, or of the TPP API's samples. */
export class Refusal extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    readonly title: string,
    readonly additional: readonly AdditionalError[] = [],
  ) {
    super(title);
  }
}

/** 400 FORMAT_ERROR with what is wrong, field by field. */
export function formatError(...errors: AdditionalError[]): Refusal {
  return new Refusal(400, 'FORMAT_ERROR', 'Wrong request content', errors);
}

/** A field whose type or content is wrong. */
export function invalidField(path: string, problem: string): AdditionalError {
  return {
    code: 'INVALID_MODEL_TYPE',
    title: `Field ${path} type is invalid`.slice(0, 70),
    details: `${path} ${problem}`.slice(0, 500),
  };
}
