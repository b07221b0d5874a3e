/** The expiry of each holder's slot, by slot id (milliseconds since the epoch). */
export type Holders = ReadonlyMap<string, number>

/** The longest that a slot lives without a heartbeat. */
export const MAX_SLOT_MS = 3_600_000

/** An expression of DynamoDB has 4 KB and 300 operators at most: these fit. */
const MAX_REMOVED = 25

export interface SlotRequest {
  slotId: string
  limit: number
  now: number
}

/** The next step towards a slot. */
export type AcquisitionStep =
  /** The slot is held already: by an earlier write, whose answer was lost. */
  | { step: 'held'; expiresAt: number }
  /** `retryAfterMs` is `null` if no expiry makes room: others would hold as many slots as the limit allows. */
  | { step: 'full'; retryAfterMs: number | null }
  | SlotWrite

export type SlotWrite =
  /** Creates the map, for the first holder. */
  | { step: 'create' }
  /** Takes a slot, if there are no more than `room` entries before the removal. */
  | { step: 'take'; removed: readonly string[]; room: number; isOwnThere: boolean }
  /** Only removes expired entries: after a limit was lowered, there may be more than one write removes. */
  | { step: 'clean'; removed: readonly string[] }

/**
 * Plans the next write, by what the last one returned. Expired holders are removed when their place is needed, so that no
 * two writes conflict over them while there is room for both.
 *
 * @param holders as the last write found them; `undefined` before the first one, which assumes room.
 */
export function planAcquisition(holders: Holders | undefined, { slotId, limit, now }: SlotRequest): AcquisitionStep {
  if (!holders) return { step: 'take', removed: [], room: limit - 1, isOwnThere: false }
  const own = holders.get(slotId) ?? 0
  if (own > now) return { step: 'held', expiresAt: own }
  const live = [...holders.values()].filter((expiresAt) => expiresAt > now)
  if (live.length >= limit) return { step: 'full', retryAfterMs: waitMs(live, limit, now) }
  if (holders.size === 0) return { step: 'create' }

  const others = [...holders].filter(([id]) => id !== slotId)
  const expired = others.filter(([, expiresAt]) => expiresAt <= now).map(([id]) => id)
  const removed = others.length >= limit ? expired.slice(0, MAX_REMOVED) : []
  if (others.length - removed.length >= limit) return { step: 'clean', removed }
  const isOwnThere = holders.has(slotId)
  return { step: 'take', removed, room: limit + removed.length - (isOwnThere ? 0 : 1), isOwnThere }
}

/** Returns when one place is free, if no holder prolongs its slot. */
function waitMs(live: number[], limit: number, now: number): number | null {
  const last = live.sort((a, b) => a - b)[live.length - limit]
  return last === undefined ? null : last - now
}
