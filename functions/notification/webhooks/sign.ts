import { createHash, createHmac } from 'node:crypto'

/** A secret of an endpoint: `whsec_` and base64. It signs until its end, or for good. */
export interface WebhookSecret {
  readonly secret: string
  /** Milliseconds since the epoch; `null`: the current secret. */
  readonly until: number | null
}

const PREFIX = 'whsec_'
/** The characters of an id: 162 bits of a hash. */
const ID_LENGTH = 27

/** Returns the secrets that still sign, in their order. */
export function activeSecrets(secrets: readonly WebhookSecret[], now: number): WebhookSecret[] {
  return secrets.filter(({ until }) => until === null || until > now)
}

/** Returns the `webhook-id`, the same for all tries and replays of one delivery; it holds no dot. */
export function webhookId(idempotencyKey: string): string {
  return `msg_${createHash('sha256').update(idempotencyKey).digest('base64url').slice(0, ID_LENGTH)}`
}

export interface Signed {
  readonly id: string
  readonly body: string
  readonly secrets: readonly WebhookSecret[]
  /** The time of this try, in milliseconds since the epoch. */
  readonly now: number
}

/**
 * Returns the headers of Standard Webhooks (https://github.com/standard-webhooks/standard-webhooks, version 1): HMAC-SHA256
 * of `id.timestamp.body` by each secret that is active. Without any, as for a URL that a notification names itself, there
 * is no signature.
 */
export function webhookHeaders({ id, body, secrets, now }: Signed): Record<string, string> {
  const timestamp = String(Math.floor(now / 1000))
  const signatures = activeSecrets(secrets, now).map(({ secret }) => {
    const key = Buffer.from(secret.slice(PREFIX.length), 'base64')
    return `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')}`
  })
  return {
    'webhook-id': id,
    'webhook-timestamp': timestamp,
    ...(signatures.length > 0 && { 'webhook-signature': signatures.join(' ') }),
  }
}
