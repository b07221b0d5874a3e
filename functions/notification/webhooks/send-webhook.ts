import type { Clock } from '../../shared/clock.ts'
import type { Post } from '../../shared/outbound/post.ts'
import type { ReadEndpoint } from '../domain/person.ts'
import type { OutgoingMessage, Provider, SendResult } from '../domain/provider.ts'
import { judgeAnswer } from './judge-answer.ts'
import { type WebhookSecret, webhookHeaders, webhookId } from './sign.ts'

/** An endpoint, by the id that is unique in its tenant. */
export interface EndpointId {
  readonly tenant: string
  readonly endpointId: string
}

/** Since when an endpoint has failed without a success. Times are in milliseconds since the epoch. */
export interface EndpointHealth {
  readFailingSince: (endpoint: EndpointId, signal: AbortSignal) => Promise<number | null>
  /** Records a failure, and returns the time of the first one since the last success. */
  recordFailure: (endpoint: EndpointId, at: number, signal: AbortSignal) => Promise<number>
  recordSuccess: (endpoint: EndpointId, signal: AbortSignal) => Promise<void>
}

/**
 * Disables an endpoint, and publishes that it did; one that is disabled or gone, or has another address than the given
 * one by now, stays as it is.
 */
export type DisableEndpoint = (
  endpoint: EndpointId & { readonly address: string },
  reason: 'gone' | 'failing',
  signal: AbortSignal,
) => Promise<void>

export interface WebhookProviderDeps {
  readEndpoint: ReadEndpoint
  health: EndpointHealth
  disable: DisableEndpoint
  post: Post
  /** The endpoint's id of a URL that a notification names itself: nobody has its secret. */
  withoutEndpoint: string
  /** Receives the error of a read or a write beside the request: it never decides what became of that. */
  onFailure: (error: unknown) => void
  now: Clock
}

/** An endpoint that fails for so long without a success is disabled. */
const FAILING_MS = 5 * 24 * 60 * 60 * 1000

const UNREAD: SendResult = { outcome: 'unavailable', reason: 'endpoint-unread' }
const NO_ENDPOINT: SendResult = { outcome: 'refused', reason: 'no-endpoint', gone: false }

/**
 * Creates the provider of webhooks. A repeat is harmless, because receivers know the `webhook-id`. An endpoint that fails
 * for five days is disabled; whoever calls disables one that is `gone`.
 */
export function createWebhookProvider(deps: WebhookProviderDeps): Provider {
  const { withoutEndpoint, onFailure } = deps
  return {
    name: 'webhook',
    channel: 'webhook',
    role: 'primary',
    idempotent: true,
    async send(message, signal) {
      const { tenant, endpointId, address } = message
      if (endpointId === withoutEndpoint) return attempt(message, [], { deps, signal })
      const id = { tenant, endpointId }
      const found = await lookUp(id, { deps, signal })
      if (!found) return UNREAD
      if (!found.endpoint) return NO_ENDPOINT
      const result = await attempt(message, found.endpoint.secrets, { deps, signal })
      await recordHealth({ ...id, address }, result, { failingSince: found.failingSince, deps, signal }).catch(
        onFailure,
      )
      return result
    },
  }
}

interface Context {
  readonly deps: WebhookProviderDeps
  readonly signal: AbortSignal
}

/** Reads an endpoint and its health; `undefined` if that fails. */
async function lookUp(id: EndpointId, { deps, signal }: Context) {
  const { readEndpoint, health, onFailure } = deps
  try {
    const reads = [readEndpoint(id, signal), health.readFailingSince(id, signal)] as const
    const [endpoint, failingSince] = await Promise.all(reads)
    return { endpoint, failingSince }
  } catch (error) {
    onFailure(error)
    return undefined
  }
}

async function attempt(
  { idempotencyKey, address, parts }: OutgoingMessage,
  secrets: readonly WebhookSecret[],
  { deps: { post, now }, signal }: Context,
): Promise<SendResult> {
  const body = parts.body ?? ''
  const signed = webhookHeaders({ id: webhookId(idempotencyKey), body, secrets, now: now() })
  const headers = { 'content-type': 'application/json', 'user-agent': 'stackyard-webhooks/1', ...signed }
  return judgeAnswer(await post({ url: address, headers, body }, signal), now())
}

async function recordHealth(
  endpoint: EndpointId & { readonly address: string },
  { outcome }: SendResult,
  { failingSince, deps, signal }: Context & { failingSince: number | null },
): Promise<void> {
  const { health, disable, now } = deps
  if (outcome === 'delivered') {
    if (failingSince !== null) await health.recordSuccess(endpoint, signal)
    return
  }
  const at = now()
  const since = await health.recordFailure(endpoint, at, signal)
  if (at - since >= FAILING_MS) await disable(endpoint, 'failing', signal)
}
