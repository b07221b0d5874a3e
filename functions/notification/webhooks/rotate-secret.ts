import type { Clock, RandomBytes } from '../../shared/clock.ts'
import type { Settle } from '../../shared/resilience/settle.ts'
import type { ReadEndpoint, StoredEndpoint } from '../domain/person.ts'
import type { EndpointId } from './send-webhook.ts'
import { activeSecrets } from './sign.ts'

/** Replaces an endpoint if it is still the one that was read. */
export type ReplaceEndpoint = (
  change: { readonly before: StoredEndpoint; readonly after: StoredEndpoint },
  signal: AbortSignal,
) => Promise<'written' | 'raced' | 'too-many'>

export interface RotateSecretDeps {
  read: ReadEndpoint
  replace: ReplaceEndpoint
  settle: Settle
  randomBytes: RandomBytes
  newVersion: () => string
  now: Clock
}

export type RotateSecret = (
  id: EndpointId,
  signal: AbortSignal,
) => Promise<{ readonly outcome: 'rotated'; readonly secret: string } | { readonly outcome: 'not-found' }>

/** The time for which the secret before a rotation signs, too, so that receivers can change theirs. */
const OVERLAP_MS = 24 * 60 * 60 * 1000

/** Each secret that signs makes the header longer. */
const MAX_SECRETS = 4

/**
 * Gives a webhook's endpoint a new secret. The one before signs for another day, after the new one.
 *
 * @throws AppError (retryable) when others keep changing the endpoint.
 */
export function rotateSecret({ read, replace, settle, ...made }: RotateSecretDeps): RotateSecret {
  const { randomBytes, newVersion, now } = made
  return (id, signal) =>
    settle(async () => {
      const before = await read(id, signal)
      if (before?.channel !== 'webhook') return { outcome: 'not-found' } as const
      const secret = newSecret(randomBytes)
      const at = now()
      const kept = activeSecrets(before.secrets, at).map((one) => ({ ...one, until: one.until ?? at + OVERLAP_MS }))
      const secrets = [{ secret, until: null }, ...kept].slice(0, MAX_SECRETS)
      const after = { ...before, secrets, version: newVersion(), updatedAt: at }
      const written = await replace({ before, after }, signal)
      return written === 'written' ? ({ outcome: 'rotated', secret } as const) : 'raced'
    }, signal)
}

/** The length that Standard Webhooks recommends: 24 to 64 bytes. */
const SECRET_BYTES = 32

function newSecret(randomBytes: RandomBytes): string {
  return `whsec_${Buffer.from(randomBytes(SECRET_BYTES)).toString('base64')}`
}
