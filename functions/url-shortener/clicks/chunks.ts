import { createHash } from 'node:crypto'
import { type Click, dayOf } from '../domain/click.ts'
import type { ClickMessage } from './message.ts'

/** Names the clicks of a link or a tenant in a UTC day. */
export interface DayId {
  readonly of: 'link' | 'tenant'
  readonly name: string
  readonly day: string
}

/** Messages that are counted in one transaction, with the names of all that it changes. */
export interface Chunk {
  readonly messages: readonly ClickMessage[]
  /** Slots of ids: see `slotOf`. */
  readonly slots: readonly string[]
  readonly days: readonly DayId[]
  readonly codes: readonly string[]
}

/** DynamoDB's limit for the items of a transaction, and of a batch read. */
const MAX_ITEMS = 100
/** A total, and the link whose sequence an event raises. */
const ITEMS_OF_CODE = 2
/** A slot of a busy link has some 100 KB, and a transaction may have 4 MB. */
const MAX_SLOTS = 20

const SLOT_MS = 2000
const SLOT_SHARDS = 4

/**
 * Names the slot in which the id of a click is stored: one of four for each two seconds, by the link. It follows from
 * the click alone, so that a repeat finds the id in it. At 5,000 clicks of a link a second a slot has 80 KB.
 */
export function slotOf({ code, at }: Pick<Click, 'code' | 'at'>): string {
  return `${Math.floor(at / SLOT_MS)}#${shardOf(code)}`
}

/** Returns the day of the link and that of the tenant in which a click counts. */
export function daysOf({ code, tenant, at }: Pick<Click, 'code' | 'tenant' | 'at'>): [link: DayId, tenant: DayId] {
  const day = dayOf(at)
  return [
    { of: 'link', name: code, day },
    { of: 'tenant', name: tenant, day },
  ]
}

export function nameOfDay({ of, name, day }: DayId): string {
  return `${of} ${name} ${day}`
}

/**
 * Splits messages into chunks, each small enough for one transaction. Messages of a slot, a tenant and a link are
 * neighbours, so that few items are written more than once.
 */
export function toChunks(messages: readonly ClickMessage[]): Chunk[] {
  const placed = messages.map((message) => ({ message, place: placeOf(message) }))
  const chunks: OpenChunk[] = []
  for (const { message } of placed.sort((a, b) => (a.place < b.place ? -1 : 1))) {
    const last = chunks.at(-1)
    if (last && hasRoom(last, message)) addTo(last, message)
    else chunks.push(addTo({ messages: [], slots: new Set(), days: new Map(), codes: new Set() }, message))
  }
  return chunks.map(({ slots, days, codes, messages: some }) => ({
    messages: some,
    slots: [...slots],
    days: [...days.values()],
    codes: [...codes],
  }))
}

export function isClick(message: ClickMessage): message is Click {
  return !('due' in message)
}

export function linkOf(message: ClickMessage): { code: string; tenant: string } {
  return isClick(message) ? message : message.due
}

interface OpenChunk {
  readonly messages: ClickMessage[]
  readonly slots: Set<string>
  readonly days: Map<string, DayId>
  readonly codes: Set<string>
}

function addTo(chunk: OpenChunk, message: ClickMessage): OpenChunk {
  chunk.messages.push(message)
  chunk.codes.add(linkOf(message).code)
  if (!isClick(message)) return chunk
  chunk.slots.add(slotOf(message))
  for (const id of daysOf(message)) chunk.days.set(nameOfDay(id), id)
  return chunk
}

function hasRoom({ slots, days, codes }: OpenChunk, message: ClickMessage): boolean {
  const newCodes = Number(!codes.has(linkOf(message).code))
  const newSlots = Number(isClick(message) && !slots.has(slotOf(message)))
  const newDays = isClick(message) ? daysOf(message).filter((id) => !days.has(nameOfDay(id))).length : 0
  const items = slots.size + newSlots + days.size + newDays + ITEMS_OF_CODE * (codes.size + newCodes)
  return items <= MAX_ITEMS && slots.size + newSlots <= MAX_SLOTS
}

function shardOf(code: string): number {
  return (createHash('sha256').update(code).digest()[0] ?? 0) % SLOT_SHARDS
}

function placeOf(message: ClickMessage): string {
  const { code, tenant } = linkOf(message)
  return `${shardOf(code)} ${tenant} ${code} ${isClick(message) ? message.at : ''}`
}
