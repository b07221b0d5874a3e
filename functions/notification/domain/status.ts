/** The statuses of a channel that is still to be decided, from the first to the last. */
export const OPEN_STATUSES = ['accepted', 'scheduled', 'deferred', 'digesting', 'queued', 'sending'] as const

/** The statuses of a channel that is done, the most telling one first. */
export const FINAL_STATUSES = [
  'delivered',
  'sent',
  'unconfirmed',
  'failed',
  'expired',
  'suppressed',
  'cancelled',
] as const

export type OpenStatus = (typeof OPEN_STATUSES)[number]
export type FinalStatus = (typeof FINAL_STATUSES)[number]

/** The status of a channel, and of a notification as a whole. */
export type Status = OpenStatus | FinalStatus

/** The events that tell what became of a channel, without the prefix `notification.notification.`. */
export type Outcome = 'deferred' | 'sent' | 'delivered' | 'bounced' | 'failed' | 'suppressed' | 'cancelled' | 'expired'

/** Statuses in which nothing was handed to a provider yet. */
export type UnclaimedStatus = Exclude<OpenStatus, 'sending'>

export const STATUSES: readonly Status[] = [...OPEN_STATUSES, ...FINAL_STATUSES]

const WITHOUT_SENDING = ['failed', 'suppressed', 'cancelled', 'expired'] as const
const WAITING = ['scheduled', 'deferred', 'digesting', 'queued', 'sending'] as const

/** The legal moves: a conditional write makes each of them, so that of two at once one wins. */
const MOVES: Record<Status, readonly Status[]> = {
  accepted: [...WAITING, ...WITHOUT_SENDING],
  scheduled: [...WAITING, ...WITHOUT_SENDING],
  deferred: [...WAITING, ...WITHOUT_SENDING],
  digesting: [...WAITING, ...WITHOUT_SENDING],
  queued: [...WAITING, ...WITHOUT_SENDING],
  // Back to queued: a provider that certainly did not accept it is tried again later.
  sending: ['queued', 'sent', 'delivered', 'unconfirmed', 'failed', 'expired'],
  // A permanent bounce may come late.
  sent: ['failed'],
  delivered: ['failed'],
  unconfirmed: ['failed'],
  failed: [],
  suppressed: [],
  cancelled: [],
  expired: [],
}

export function canMove(from: Status, to: Status): boolean {
  return MOVES[from].includes(to)
}

export function isOpen(status: Status): status is OpenStatus {
  return (OPEN_STATUSES as readonly Status[]).includes(status)
}

/** Checks that a channel was not handed to a provider, and may still be cancelled. */
export function isUnclaimed(status: Status): status is UnclaimedStatus {
  return isOpen(status) && status !== 'sending'
}

/**
 * Returns the status of the whole by those of its parts: the furthest that is open, otherwise the most telling final
 * one.
 *
 * @throws Error without parts.
 */
export function overallStatus(parts: readonly Status[]): Status {
  const open = OPEN_STATUSES.findLast((status) => parts.includes(status))
  const overall = open ?? FINAL_STATUSES.find((status) => parts.includes(status))
  if (!overall) throw new Error('A notification has at least one channel')
  return overall
}
