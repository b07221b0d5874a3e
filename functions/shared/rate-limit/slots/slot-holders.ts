/** Who holds slots, and until when (milliseconds since the epoch). */
export type Holders = ReadonlyMap<string, number>

/** What a slot may live without a heartbeat. */
export const MAX_SLOT_MS = 3_600_000

/** An expression of DynamoDB has 4 KB and 300 operators at most: these fit. */
const MAX_REMOVED = 25

export interface Asked {
  slotId: string
  limit: number
  now: number
}

/** The next step to a slot, after what was seen of the holders. */
export type Plan =
  /** It is there already: an earlier write took it, whose answer was lost. */
  | { step: 'held'; expiresAt: number }
  /** `null`: as many would hold slots as the limit lets in, whoever expires. */
  | { step: 'full'; retryAfterMs: number | null }
  | SlotWrite

export type SlotWrite =
  /** The first holder of all makes the map. */
  | { step: 'create' }
  /** Takes it, if no more than `room` entries are there before the removal. */
  | { step: 'take'; removed: readonly string[]; room: number; isOwnThere: boolean }
  /** So many have expired that one write can't remove them: a limit was lowered. */
  | { step: 'clean'; removed: readonly string[] }

/**
 * Decides without a look at the table. Who expired goes when their place is wanted, so that no two writes quarrel about
 * them where there is room for both.
 *
 * @param seen what the last write met; `undefined` before the first one, which hopes for room.
 */
export function planAcquisition(seen: Holders | undefined, { slotId, limit, now }: Asked): Plan {
  if (!seen) return { step: 'take', removed: [], room: limit - 1, isOwnThere: false }
  const own = seen.get(slotId) ?? 0
  if (own > now) return { step: 'held', expiresAt: own }
  const live = [...seen.values()].filter((expiresAt) => expiresAt > now)
  if (live.length >= limit) return { step: 'full', retryAfterMs: waitMs(live, limit, now) }
  if (seen.size === 0) return { step: 'create' }

  const others = [...seen].filter(([id]) => id !== slotId)
  const expired = others.filter(([, expiresAt]) => expiresAt <= now).map(([id]) => id)
  const removed = others.length >= limit ? expired.slice(0, MAX_REMOVED) : []
  if (others.length - removed.length >= limit) return { step: 'clean', removed }
  const isOwnThere = seen.has(slotId)
  return { step: 'take', removed, room: limit + removed.length - (isOwnThere ? 0 : 1), isOwnThere }
}

/** Until so many have expired, if none goes on, that one place is free. */
function waitMs(live: number[], limit: number, now: number): number | null {
  const last = live.sort((a, b) => a - b)[live.length - limit]
  return last === undefined ? null : last - now
}
