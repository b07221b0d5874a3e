import { createHash } from 'node:crypto'
import type { Click } from '../domain/click.ts'
import { addClick, addDays, type DayClicks } from '../domain/day-clicks.ts'
import { type Chunk, type DayId, daysOf, isClick, linkOf, nameOfDay, slotOf } from './chunks.ts'
import { describeClick, isBotClick } from './describe-click.ts'

/** A value as it was read. The version changes with every write; it is 0 if there is none yet. */
export interface Stored<Value> {
  readonly value: Value
  readonly version: number
}

/** The count of a link's clicks since its creation. */
export interface LinkTotal {
  readonly clicks: number
  /** The clicks that events have published so far, and the time of the last one, in milliseconds. */
  readonly published: number
  readonly publishedAt: number
  /** The time for which the next event was requested by a message. */
  readonly dueAt: number
}

/** All that a chunk changes, as it was read, by the names in the chunk. */
export interface StoredCounts {
  /** Fingerprints of ids that are counted. */
  readonly slots: ReadonlyMap<string, Stored<ReadonlySet<string>>>
  readonly days: ReadonlyMap<string, Stored<DayClicks>>
  readonly totals: ReadonlyMap<string, LinkTotal>
}

export interface TotalChange {
  readonly code: string
  readonly tenant: string
  /** The number of new clicks. */
  readonly clicks: number
  /** Set if an event is to publish the clicks: the number of those published before, as it was read. */
  readonly event?: { readonly published: number }
  /** Set if the event is requested for this time. */
  readonly dueAt?: number
  /** Set if an earlier request is to publish the clicks: the number of those published before, as it was read. */
  readonly awaited?: { readonly published: number }
}

/** The changes of a chunk, which are written together or not at all. */
export interface CountPlan {
  readonly slots: readonly { slot: string; at: number; stored: Stored<ReadonlySet<string>> }[]
  readonly days: readonly { id: DayId; stored: Stored<DayClicks> }[]
  readonly totals: readonly TotalChange[]
  /** The number of clicks that were not counted before. */
  readonly counted: number
}

/** A link has at most one event in this time. */
export const EVENT_INTERVAL_MS = 60_000

const NOTHING = { clicks: 0, published: 0, publishedAt: 0, dueAt: 0 } as const satisfies LinkTotal

/**
 * Plans the changes of a chunk. Clicks whose id is stored, or that the chunk has twice, are not counted. They request
 * the event of their link again if it is still to come: the function that counted them may have died before it did.
 */
export function planCounts({ messages }: Chunk, found: StoredCounts, now: number): CountPlan {
  const slots = new Map<string, { slot: string; at: number; stored: Stored<Set<string>> }>()
  const days = new Map<string, { id: DayId; stored: Stored<DayClicks> }>()
  const news = new Map<string, { tenant: string; clicks: number; isDue: boolean }>()
  let counted = 0
  for (const message of messages) {
    const { code, tenant } = linkOf(message)
    const link = news.get(code) ?? { tenant, clicks: 0, isDue: false }
    if (!isClick(message)) news.set(code, { ...link, isDue: true })
    else if (isNew(message, slots, found)) {
      counted += 1
      addToDays(message, days, found)
      if (!isBotClick(message)) news.set(code, { ...link, clicks: link.clicks + 1 })
    } else if (!isBotClick(message)) news.set(code, { ...link, isDue: true })
  }
  const isChanged = ({ stored }: { stored: Stored<Set<string>> }, slot: string) =>
    stored.value.size > (found.slots.get(slot)?.value.size ?? 0)
  return {
    slots: [...slots].flatMap(([slot, each]) => (isChanged(each, slot) ? [each] : [])),
    days: [...days.values()],
    totals: [...news].flatMap(([code, added]) =>
      totalChange({ code, ...added }, found.totals.get(code) ?? NOTHING, now),
    ),
    counted,
  }
}

function isNew(
  click: Click,
  slots: Map<string, { slot: string; at: number; stored: Stored<Set<string>> }>,
  found: StoredCounts,
): boolean {
  const slot = slotOf(click)
  const { version, value } = found.slots.get(slot) ?? { version: 0, value: [] }
  const { stored } = slots.get(slot) ?? { stored: { version, value: new Set(value) } }
  slots.set(slot, { slot, at: click.at, stored })
  const before = stored.value.size
  return stored.value.add(fingerprint(click.id)).size > before
}

/** Shortens an id to 8 bytes: in a slot of 100,000 two are the same once in three billion slots. */
function fingerprint(id: string): string {
  return createHash('sha256').update(id).digest().toString('base64url', 0, 8)
}

function addToDays(
  click: Click,
  days: Map<string, { id: DayId; stored: Stored<DayClicks> }>,
  found: StoredCounts,
): void {
  const { at, visitor, code } = click
  const isBot = isBotClick(click)
  const values = isBot ? {} : describeClick(click)
  const common = {
    hour: new Date(at).getUTCHours(),
    isBot,
    visitor: visitor === null ? null : Buffer.from(visitor, 'base64url'),
  }
  for (const id of daysOf(click)) {
    const name = nameOfDay(id)
    const { version, value } = found.days.get(name) ?? { version: 0, value: undefined }
    // A copy: what was read may be planned once more.
    const day = days.get(name) ?? { id, stored: { version, value: addDays(value ? [value] : []) } }
    days.set(name, day)
    addClick(day.stored.value, { ...common, values: id.of === 'tenant' && !isBot ? { ...values, link: code } : values })
  }
}

/** Decides whether an event publishes a link's clicks now; otherwise it is requested for later, once. */
function totalChange(
  { code, tenant, clicks, isDue }: { code: string; tenant: string; clicks: number; isDue: boolean },
  { clicks: before, published, publishedAt, dueAt }: LinkTotal,
  now: number,
): TotalChange[] {
  const change = { code, tenant, clicks }
  if (before + clicks <= published) return clicks > 0 ? [change] : []
  const next = publishedAt + EVENT_INTERVAL_MS
  if (now >= next) return [{ ...change, event: { published } }]
  // The clock may be behind that of the function which handled the requested event.
  const isAwaited = dueAt > now && dueAt > publishedAt
  if (isDue || !isAwaited) return [{ ...change, dueAt: next }]
  return clicks > 0 ? [{ ...change, awaited: { published } }] : []
}
