import type { Clock } from '../../shared/clock.ts'
import { AppError } from '../../shared/errors.ts'
import type { Cause } from '../../shared/events/event.ts'
import { RESERVED_CODES } from '../domain/code.ts'
import { type FieldsDeps, type GivenFields, namesOf, type TargetError, toChanges } from '../domain/fields.ts'
import { type LinkState, NO_DETAILS, UNSET } from '../domain/link.ts'
import { isPlain, type ReviseRefusal, reviseLink } from '../domain/revise.ts'

/** A new link, with the data that the store needs. */
export interface NewLink {
  state: LinkState
  /** The fields in the request. */
  changed: readonly string[]
  cause: Cause
  /**
   * `offer`: later requests with `reuse` may get this link. `reuse`: the caller prefers an existing link to the same
   * target.
   */
  sharing: 'none' | 'offer' | 'reuse'
}

export interface CreateLinkDeps extends FieldsDeps {
  /**
   * Stores a link unless its code was ever used. A link that an earlier attempt of the same operation stored is
   * returned as it was stored.
   */
  insert: (link: NewLink, signal: AbortSignal) => Promise<Inserted | 'taken'>
  /** Derives a code, which is the same for the same operation and attempt, and different for any other. */
  codeFor: (operationId: string, attempt: number) => string
  now: Clock
}

export interface Inserted {
  outcome: 'created' | 'reused'
  state: LinkState
}

export interface CreateLinkInput {
  tenant: string
  createdBy: string
  fields: GivenFields & { url: string }
  alias?: string | undefined
  /**
   * Accepts an existing plain link of the tenant to the same target. Without effect if the new one would not be plain.
   */
  reuse?: boolean | undefined
  /** Identifies this creation. A repeat with the same id returns the same link, and creates no other. */
  operationId: string
  cause: Cause
}

export type CreateLinkResult =
  | Inserted
  | { outcome: 'alias-taken' | 'alias-reserved' | ReviseRefusal }
  | { outcome: 'invalid-url'; errors: TargetError[] }

/** With a billion links, five codes in a row are all taken once in 5e17 creations. */
export const MAX_CODE_ATTEMPTS = 5

export type CreateLink = (input: CreateLinkInput, signal: AbortSignal) => Promise<CreateLinkResult>

export function createLink({ insert, codeFor, now, ...deps }: CreateLinkDeps): CreateLink {
  return async (input, signal) => {
    const { fields, alias, reuse, operationId, cause } = input
    if (alias !== undefined && RESERVED_CODES.has(alias)) return { outcome: 'alias-reserved' }
    const changes = await toChanges(fields, deps)
    if ('targetErrors' in changes) return { outcome: 'invalid-url', errors: changes.targetErrors }

    const createdAt = new Date(now()).toISOString()
    const draft = reviseLink(blank(input, createdAt), changes, { updatedAt: createdAt, operationId })
    if (typeof draft === 'string') return { outcome: draft }

    const sharing = isPlain(draft.link) ? (reuse ? 'reuse' : 'offer') : 'none'
    const made = { changed: [...new Set([...ALWAYS_GIVEN, ...namesOf(fields)])], cause, sharing } as const
    const insertAs = (code: string) => insert({ ...made, state: { ...draft, link: { ...draft.link, code } } }, signal)

    if (alias !== undefined) {
      const inserted = await insertAs(alias)
      return inserted === 'taken' ? { outcome: 'alias-taken' } : inserted
    }
    for (let attempt = 1; attempt <= MAX_CODE_ATTEMPTS; attempt++) {
      const inserted = await insertAs(codeFor(operationId, attempt))
      if (inserted !== 'taken') return inserted
    }
    throw new AppError('conflict', `${MAX_CODE_ATTEMPTS} random codes in a row were taken`, { retryable: true })
  }
}

/** The fields that the event of every new link lists as changed. */
const ALWAYS_GIVEN = ['url', 'title', 'tags']

/** Builds a link with nothing but its owner. */
function blank({ tenant, createdBy, alias, operationId }: CreateLinkInput, createdAt: string): LinkState {
  const times = { createdAt, updatedAt: createdAt }
  const isAlias = alias !== undefined
  const link = { ...UNSET, code: '', isAlias, url: '', tenant, createdBy, ...times, version: operationId }
  return { link, details: NO_DETAILS, clicks: 0 }
}
