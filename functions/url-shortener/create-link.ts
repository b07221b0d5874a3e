import { AppError } from '../shared/errors.ts'
import type { Cause } from '../shared/events/event.ts'
import type { Link } from './link.ts'
import { RESERVED_CODES } from './link-code.ts'
import { parseTarget } from './target-url.ts'

export interface CreateLinkDeps {
  /**
   * Stores a link unless its code was ever given out. A link of the same version is stored already, by an earlier try:
   * it comes back as it was stored.
   */
  insert: (link: Link, cause: Cause, signal: AbortSignal) => Promise<Link | 'taken'>
  /** The same code for the same operation and attempt, another for any other. */
  codeFor: (operationId: string, attempt: number) => string
  /** Milliseconds since the epoch. */
  now: () => number
  /** Hosts that serve short links. */
  ownHosts: ReadonlySet<string>
}

export interface CreateLinkInput {
  tenant: string
  createdBy: string
  url: string
  alias?: string | undefined
  title?: string | null | undefined
  tags?: readonly string[] | undefined
  /** Names this creation. Repeated with the same, it makes the same link, and only one. */
  operationId: string
  cause: Cause
}

export type CreateLinkResult =
  | { outcome: 'created'; link: Link }
  | { outcome: 'alias-taken' }
  | { outcome: 'alias-reserved' }
  | { outcome: 'invalid-url'; reason: string }

/** With a billion links, five codes in a row are all in use once in 5e17 creations. */
export const MAX_CODE_ATTEMPTS = 5

export type CreateLink = (input: CreateLinkInput, signal: AbortSignal) => Promise<CreateLinkResult>

export function createLink(deps: CreateLinkDeps): CreateLink {
  return async ({ tenant, createdBy, url, alias, title, tags, operationId, cause }, signal) => {
    if (alias !== undefined && RESERVED_CODES.has(alias)) return { outcome: 'alias-reserved' }
    const target = parseTarget(url, deps.ownHosts)
    if (!target.ok) return { outcome: 'invalid-url', reason: target.reason }

    const createdAt = new Date(deps.now()).toISOString()
    const draft = {
      url: target.url,
      title: title ?? null,
      tags: tags ?? [],
      tenant,
      createdBy,
      createdAt,
      updatedAt: createdAt,
      version: operationId,
      blockedAt: null,
      redirect: 302 as const,
      cacheSeconds: 0,
      startsAt: null,
      expiresAt: null,
      maxClicks: null,
      passwordId: null,
      forwardQuery: false,
      hasRules: false,
      hasExpiredUrl: false,
      ended: null,
    }
    if (alias !== undefined) {
      const link = await deps.insert({ ...draft, code: alias }, cause, signal)
      return link === 'taken' ? { outcome: 'alias-taken' } : { outcome: 'created', link }
    }
    for (let attempt = 1; attempt <= MAX_CODE_ATTEMPTS; attempt++) {
      const link = await deps.insert({ ...draft, code: deps.codeFor(operationId, attempt) }, cause, signal)
      if (link !== 'taken') return { outcome: 'created', link }
    }
    throw new AppError('conflict', `${MAX_CODE_ATTEMPTS} random codes in a row were taken`, { retryable: true })
  }
}
