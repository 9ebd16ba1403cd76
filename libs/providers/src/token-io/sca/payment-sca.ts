import type { NextStep, ScaApproach } from '@tributary/domain';
import type { AuthorisationSnapshot, ProviderDeps } from '../../port/index.js';
import { meaningIn, paymentStatuses } from '../status.js';
import type { WirePayment } from '../wire.js';
import { inputIds, questionStep, redirectStep, waitStep } from './step.js';
import { keptTalk, type Talk } from './talk.js';

/** How the SCA of a payment (v2) stands, read off the payment itself: it is one resource with its authentication inside. */
export function createPaymentSca(deps: ProviderDeps, forwards: boolean) {
  return (payment: WirePayment, before: HeldPart | null): AuthorisationSnapshot => {
    const talk = before?.talk;
    const meaning = meaningIn(paymentStatuses, payment.status);
    if (meaning === undefined) {
      deps.warn({ operation: 'readPayment', message: `unknown payment status ${payment.status.slice(0, 60)}` });
    }
    const answered = talk?.answered ?? false;
    const open = stepOf(payment, answered);
    // A word that nobody knows leaves the step open that was open.
    const nextStep = meaning === undefined ? (before?.nextStep ?? waitStep()) : open;
    const url = payment.authentication?.redirectUrl;
    return {
      reference: payment.id,
      approach: approachOf(payment, before?.approach),
      scaStatus: meaning?.sca ?? null,
      upstreamStatus: payment.status,
      nextStep,
      continuation: keptTalk({
        inputs: inputIds(payment.authentication?.fields ?? []),
        answered,
        status: payment.status,
        forwards,
      }),
      // The bank comes back to us with the state that Token.io gave it.
      ...(forwards && url !== undefined && { returnState: stateIn(url) }),
      observedAt: deps.now(),
    };
  };
}

interface HeldPart {
  readonly talk: Talk;
  readonly approach: ScaApproach;
  readonly nextStep: NextStep | null;
}

function stepOf({ status, authentication }: WirePayment, answeredBefore: boolean): NextStep | null {
  switch (status) {
    case 'INITIATION_PENDING_REDIRECT_HP':
    case 'INITIATION_PENDING_REDIRECT_PBL':
    case 'INITIATION_PENDING_REDIRECT_AUTH':
      return authentication?.redirectUrl === undefined ? waitStep() : redirectStep(authentication.redirectUrl);
    case 'INITIATION_PENDING_EMBEDDED_AUTH':
      return questionStep({
        fields: authentication?.fields ?? [],
        message: authentication?.description,
        image: authentication?.image,
        answeredBefore,
        isRetry: authentication?.isRetry ?? false,
      });
    case 'INITIATION_PENDING':
    case 'INITIATION_PENDING_MORE_INFO':
    case 'INITIATION_PENDING_DECOUPLED_AUTH':
    case 'INITIATION_PENDING_REDIRECT_AUTH_VERIFICATION':
    case 'INITIATION_PENDING_EMBEDDED_AUTH_VERIFICATION':
      return waitStep(authentication?.description);
    default:
      return null;
  }
}

function approachOf({ status }: WirePayment, before: ScaApproach | undefined): ScaApproach {
  if (status.includes('EMBEDDED')) return 'embedded';
  if (status.includes('DECOUPLED')) return 'decoupled';
  return status.includes('REDIRECT') ? 'redirect' : (before ?? 'redirect');
}

/** The `state` of an OAuth link (RFC 6749 section 4.1.1). */
export function stateIn(url: string): string | undefined {
  return URL.canParse(url) ? (new URL(url).searchParams.get('state') ?? undefined) : undefined;
}
