import { AppError } from '../shared/errors.ts'
import type { Link } from './link.ts'
import { RESERVED_CODES } from './link-code.ts'
import { parseTarget } from './target-url.ts'

export interface CreateLinkDeps {
  /** Stores a link unless its code was ever given out; safe to repeat with the same link. */
  insert: (link: Link) => Promise<'inserted' | 'taken'>
  newCode: () => string
  newVersion: () => string
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
}

export type CreateLinkResult =
  | { outcome: 'created'; link: Link }
  | { outcome: 'alias-taken' }
  | { outcome: 'alias-reserved' }
  | { outcome: 'invalid-url'; reason: string }

/** With a billion links, five codes in a row are all in use once in 5e17 creations. */
export const MAX_CODE_ATTEMPTS = 5

export function createLink(deps: CreateLinkDeps): (input: CreateLinkInput) => Promise<CreateLinkResult> {
  return async ({ tenant, createdBy, url, alias }) => {
    if (alias !== undefined && RESERVED_CODES.has(alias)) return { outcome: 'alias-reserved' }
    const target = parseTarget(url, deps.ownHosts)
    if (!target.ok) return { outcome: 'invalid-url', reason: target.reason }

    const createdAt = new Date(deps.now()).toISOString()
    const draft = { url: target.url, tenant, createdBy, createdAt, updatedAt: createdAt, version: deps.newVersion() }
    if (alias !== undefined) {
      const link = { ...draft, code: alias }
      return (await deps.insert(link)) === 'inserted' ? { outcome: 'created', link } : { outcome: 'alias-taken' }
    }
    for (let attempt = 1; attempt <= MAX_CODE_ATTEMPTS; attempt++) {
      const link = { ...draft, code: deps.newCode() }
      if ((await deps.insert(link)) === 'inserted') return { outcome: 'created', link }
    }
    throw new AppError('conflict', `${MAX_CODE_ATTEMPTS} random codes in a row were taken`, { retryable: true })
  }
}
