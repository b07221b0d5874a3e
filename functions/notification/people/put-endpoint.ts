import { isDeepStrictEqual } from 'node:util'
import type { Clock, RandomBytes } from '../../shared/clock.ts'
import { meetsPreconditions, type Preconditions } from '../../shared/preconditions.ts'
import type { Settle } from '../../shared/resilience/settle.ts'
import { isWanted, type RemoveResult } from '../documents.ts'
import type { ReadEndpoint, StoredEndpoint } from '../domain/person.ts'

/** The endpoints that a user may have: each multiplies what is sent. */
export const MAX_ENDPOINTS = 50

/** The part of an endpoint that a caller decides. */
export interface EndpointDefinition extends Pick<StoredEndpoint, 'channel' | 'address' | 'enabled'> {
  /** `whsec_…`; absent: the one that is there, or a new one. */
  readonly secret?: string | undefined
}

export interface EndpointId {
  readonly tenant: string
  readonly userId: string
  readonly id: string
}

export interface PutEndpointInput extends EndpointId {
  readonly definition: EndpointDefinition
  readonly conditions: Preconditions
}

export type PutEndpointResult =
  /** `secret`: the new one of a webhook, which nobody is told again. */
  | {
      readonly outcome: 'created' | 'changed' | 'unchanged'
      readonly endpoint: StoredEndpoint
      readonly secret?: string
    }
  | { readonly outcome: 'stale' }
  | { readonly outcome: 'taken' }
  | { readonly outcome: 'too-many' }

/** Writes or deletes an endpoint if it is still the one that was read; `undefined` stands for none. */
export type WriteEndpoint = (
  change: { readonly before: StoredEndpoint | undefined; readonly after: StoredEndpoint | undefined },
  signal: AbortSignal,
) => Promise<'written' | 'raced' | 'too-many'>

export interface PutEndpointDeps {
  read: ReadEndpoint
  write: WriteEndpoint
  settle: Settle
  newVersion: () => string
  randomBytes: RandomBytes
  now: Clock
}

export type PutEndpoint = (input: PutEndpointInput, signal: AbortSignal) => Promise<PutEndpointResult>
export type RemoveEndpoint = (
  input: EndpointId & { conditions: Preconditions },
  signal: AbortSignal,
) => Promise<RemoveResult>

/**
 * Creates or replaces an endpoint of a user. A webhook keeps its secrets, but for one that is given instead. An endpoint
 * that the system disabled stays so until it is enabled, or has another address.
 *
 * @throws AppError (retryable) when others keep changing the same endpoint.
 */
export function putEndpoint(deps: PutEndpointDeps): PutEndpoint {
  const { read, write, settle, newVersion, now } = deps
  const putOnce = async (input: PutEndpointInput, signal: AbortSignal): Promise<PutEndpointResult | 'raced'> => {
    const { tenant, userId, id, definition, conditions } = input
    const before = await read({ tenant, endpointId: id }, signal)
    if (before && before.userId !== userId) return { outcome: 'taken' }
    if (!isWanted(conditions, before?.version)) return { outcome: 'stale' }
    const secret = newSecret(definition, before, deps)
    const { channel, address, enabled } = definition
    const endpoint: StoredEndpoint = {
      ...{ tenant, userId, id, channel, address, enabled },
      disabledReason: enabled || address !== before?.address ? null : before.disabledReason,
      secrets: secret === undefined ? keptSecrets(definition, before) : [{ secret, until: null }],
      version: before?.version ?? newVersion(),
      updatedAt: before?.updatedAt ?? now(),
    }
    if (before && isDeepStrictEqual(endpoint, before)) return { outcome: 'unchanged', endpoint }
    const after = before ? { ...endpoint, version: newVersion(), updatedAt: now() } : endpoint
    const written = await write({ before, after }, signal)
    if (written === 'raced') return 'raced'
    if (written === 'too-many') return { outcome: 'too-many' }
    return { outcome: before ? 'changed' : 'created', endpoint: after, ...(secret !== undefined && { secret }) }
  }
  return (input, signal) => settle(() => putOnce(input, signal), signal)
}

/** Deletes an endpoint of a user. */
export function removeEndpoint({
  read,
  write,
  settle,
}: Pick<PutEndpointDeps, 'read' | 'write' | 'settle'>): RemoveEndpoint {
  const removeOnce = async (
    { tenant, userId, id, conditions }: EndpointId & { conditions: Preconditions },
    signal: AbortSignal,
  ): Promise<RemoveResult | 'raced'> => {
    const before = await read({ tenant, endpointId: id }, signal)
    if (before?.userId !== userId) return 'not-found'
    if (!meetsPreconditions(conditions, before.version)) return 'stale'
    return (await write({ before, after: undefined }, signal)) === 'written' ? 'removed' : 'raced'
  }
  return (input, signal) => settle(() => removeOnce(input, signal), signal)
}

const SECRET_BYTES = 32

/** Returns the secret that a webhook gets; `undefined` if it keeps what it has, or is none. */
function newSecret(
  { channel, secret }: EndpointDefinition,
  before: StoredEndpoint | undefined,
  { randomBytes }: Pick<PutEndpointDeps, 'randomBytes'>,
): string | undefined {
  if (channel !== 'webhook') return undefined
  if (secret !== undefined) return secret === before?.secrets[0]?.secret ? undefined : secret
  if (before?.secrets.length) return undefined
  return `whsec_${Buffer.from(randomBytes(SECRET_BYTES)).toString('base64')}`
}

function keptSecrets({ channel }: EndpointDefinition, before: StoredEndpoint | undefined): StoredEndpoint['secrets'] {
  return channel === 'webhook' ? (before?.secrets ?? []) : []
}
