import type { CallOutcome, FleetBreaker } from '../../shared/resilience/fleet-breaker.ts'
import type { Channel } from '../domain/channel.ts'
import type { OutgoingMessage, Provider, Providers, SendResult, Sent } from '../domain/provider.ts'
import { breakerNameOf } from './breaker-name.ts'
import type { TakeBudget } from './budget.ts'

/** Disables an endpoint, if it still has the address that takes no more messages. */
export type DisableGone = (
  endpoint: Pick<OutgoingMessage, 'tenant' | 'endpointId' | 'address'>,
  signal: AbortSignal,
) => Promise<void>

export interface SendThroughDeps {
  /** Those of all channels, a primary before its backup. */
  providers: readonly Provider[]
  breaker: FleetBreaker
  takeBudget: TakeBudget
  disableGone: DisableGone
  /** Receives an error that would otherwise hide what became of a message. */
  onFailure: (error: unknown) => void
}

type Unavailable = Extract<SendResult, { outcome: 'unavailable' }>

const NO_PROVIDER: Sent = { outcome: 'refused', reason: 'no-provider', gone: false, provider: null }

/** Reasons that say nothing about a provider's health: it is well, and has enough to do. */
const BUSY = new Set(['throttled', 'http-429'])

/**
 * Creates what hands a message to the primary provider of its channel, and to the backup if that certainly didn't take it:
 * a refusal for good is one at any provider, and after an unknown outcome a second provider might send it twice.
 */
export function createSendThrough(deps: SendThroughDeps): Providers {
  const { providers, disableGone, onFailure } = deps
  const byChannel = Map.groupBy(providers, ({ channel }) => channel)

  return {
    async send(message, signal) {
      const failures: (Unavailable & Pick<Sent, 'provider'>)[] = []
      for (const provider of byChannel.get(message.channel) ?? []) {
        const result = await sendBy(provider, message, { deps, signal })
        const { tenant, endpointId, address } = message
        if (result.outcome === 'refused' && result.gone) {
          await disableGone({ tenant, endpointId, address }, signal).catch(onFailure)
        }
        if (result.outcome !== 'unavailable') return { ...result, provider: provider.name }
        failures.push({ ...result, provider: provider.name })
      }
      return soonest(failures) ?? NO_PROVIDER
    },
    isIdempotent: (channel: Channel) => {
      const all = byChannel.get(channel) ?? []
      return all.length > 0 && all.every(({ idempotent }) => idempotent)
    },
  }
}

/** Returns the failure after which to try again first. */
function soonest<Failure extends Unavailable>(failures: readonly Failure[]): Failure | undefined {
  return [...failures].sort((a, b) => (a.retryAfterMs ?? 0) - (b.retryAfterMs ?? 0))[0]
}

async function sendBy(
  provider: Provider,
  message: OutgoingMessage,
  { deps, signal }: { deps: SendThroughDeps; signal: AbortSignal },
): Promise<SendResult> {
  const { breaker, takeBudget, onFailure } = deps
  const admission = await breaker.admit(breakerNameOf(provider, message), signal)
  if (!admission.isAdmitted) {
    return { outcome: 'unavailable', reason: 'circuit-open', retryAfterMs: admission.retryAfterMs }
  }
  const budget = await takeBudget({ provider: provider.name, priority: message.priority }, signal)
  if (!budget.isAllowed) {
    await admission.settle('abandoned', signal)
    return { outcome: 'unavailable', reason: 'rate-limited', retryAfterMs: budget.retryAfterMs }
  }
  const result = await provider.send(message, signal).catch((error: unknown): SendResult => {
    onFailure(error)
    return { outcome: 'unknown', reason: 'provider-failed' }
  })
  await admission.settle(signal.aborted ? 'abandoned' : callOutcome(result), signal)
  return result
}

function callOutcome(result: SendResult): CallOutcome {
  if (result.outcome === 'unknown') return 'failed'
  return result.outcome === 'unavailable' && !BUSY.has(result.reason) ? 'failed' : 'answered'
}
