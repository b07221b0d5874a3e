import type { Clock } from '../../shared/clock.ts'
import type { Pseudonymisation, PseudonymiseLater } from '../domain/pseudonym.ts'
import type { UserId } from '../domain/user.ts'

export interface StartPseudonymisingDeps {
  /** Stores it. One that is under way for the user keeps its pseudonym, and is as if it were requested now. */
  storePseudonymisation: (input: UserId & Pseudonymisation, signal: AbortSignal) => Promise<void>
  /** Loads what asks for steps: most requests need no queue. */
  loadLater: () => Promise<PseudonymiseLater>
  newId: () => string
  now: Clock
}

/** Begins to replace a user by a pseudonym. Once it resolves, nothing but an outage keeps that from being completed. */
export type StartPseudonymising = (user: UserId, signal: AbortSignal) => Promise<void>

/**
 * Creates what begins. The pseudonym is stored first, so that all steps use the same one; asking again for a user whose
 * pseudonymising is under way asks for its steps once more, and keeps it from ending before they are done.
 *
 * @throws what the write and the queue throw: then the same request finishes what this one left.
 */
export function createStartPseudonymising(deps: StartPseudonymisingDeps): StartPseudonymising {
  const { storePseudonymisation, loadLater, newId, now } = deps
  let loading: Promise<PseudonymiseLater> | undefined
  return async ({ tenant, user }, signal) => {
    await storePseudonymisation({ tenant, user, pseudonym: `deleted-${newId()}`, requestedAt: now() }, signal)
    loading ??= loadLater()
    const later = await loading
    await later([{ tenant, user }], 0, signal)
  }
}
