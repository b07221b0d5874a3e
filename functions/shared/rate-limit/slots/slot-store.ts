import type { Clock } from '../../clock.ts'
import { conditionalWrite } from '../../data/conditional-write.ts'
import type { Item, Table } from '../../data/table.ts'
import { AppError } from '../../errors.ts'
import { ttlAfter } from '../counters/counter.ts'
import { type Holders, MAX_SLOT_MS, planAcquisition, type SlotWrite } from './slot-holders.ts'

/** A slot's key: the partition key of its item, and its id. */
export interface SlotKey {
  pk: string
  slotId: string
}

export type Acquired =
  | { outcome: 'acquired'; expiresAt: number }
  /** Milliseconds from now; `null` if no expiry makes room. */
  | { outcome: 'denied'; retryAfterMs: number | null }

export interface SlotStore {
  /** Takes a slot. Called again with the same id, it returns the slot that is held. */
  acquire: (request: SlotKey & { limit: number; ttlMs: number }, signal: AbortSignal) => Promise<Acquired>
  /** Prolongs a slot. @returns when it expires now; `undefined` when it is lost. */
  extend: (request: SlotKey & { ttlMs: number }, signal: AbortSignal) => Promise<number | undefined>
  release: (slot: SlotKey, signal: AbortSignal) => Promise<void>
}

export interface SlotStoreOptions extends Table {
  now: Clock
}

/** Enough to remove 500 expired holders; a refused write means that another one succeeded. */
const MAX_WRITES = 30

/**
 * Stores the holders of a subject's slots in one item (`sk = slots`): a map of slot id to expiry, which never has more
 * entries than the limit. Each write may be tried again: it knows its own work by the slot's id.
 *
 * DynamoDB may delete an item once its `ttl` has passed, so that each write puts it behind every expiry there can be.
 */
export function createSlotStore({ client, tableName, now }: SlotStoreOptions): SlotStore {
  const update = (pk: string, input: Expressions, signal: AbortSignal) =>
    conditionalWrite(
      client,
      {
        operation: 'UpdateItem',
        input: { TableName: tableName, Key: slotsKey(pk), ...input },
      },
      { signal },
    )

  return {
    async acquire({ pk, slotId, limit, ttlMs }, signal) {
      let holders: Holders | undefined
      for (let writes = 0; writes < MAX_WRITES; writes++) {
        const at = now()
        const plan = planAcquisition(holders, { slotId, limit, now: at })
        if (plan.step === 'held') return { outcome: 'acquired', expiresAt: plan.expiresAt }
        if (plan.step === 'full') return { outcome: 'denied', retryAfterMs: plan.retryAfterMs }
        const { outcome, item } = await update(pk, toExpressions(plan, { slotId, now: at, until: at + ttlMs }), signal)
        if (outcome === 'written' && plan.step !== 'clean') return { outcome: 'acquired', expiresAt: at + ttlMs }
        holders = toHolders(item)
      }
      throw new AppError('conflict', `The holders changed during each of ${MAX_WRITES} writes`, { retryable: true })
    },
    async extend({ pk, slotId, ttlMs }, signal) {
      const at = now()
      // Never shorter: an earlier heartbeat may arrive after a later one.
      const input = {
        ConditionExpression: 'holders.#own > :now AND holders.#own < :until',
        UpdateExpression: 'SET holders.#own = :until, #ttl = :ttl',
        ExpressionAttributeNames: { '#own': slotId, '#ttl': 'ttl' },
        ExpressionAttributeValues: { ':now': number(at), ':until': number(at + ttlMs), ':ttl': ttlAt(at) },
      }
      const { item } = await update(pk, input, signal)
      const expiresAt = toHolders(item).get(slotId) ?? 0
      return expiresAt > at ? expiresAt : undefined
    },
    async release({ pk, slotId }, signal) {
      const input = {
        ConditionExpression: 'attribute_exists(holders.#own)',
        UpdateExpression: 'REMOVE holders.#own',
        ExpressionAttributeNames: { '#own': slotId },
      }
      await update(pk, input, signal)
    },
  }
}

interface Expressions {
  ConditionExpression: string
  UpdateExpression: string
  ExpressionAttributeNames: Record<string, string>
  ExpressionAttributeValues?: Item
}

/**
 * Builds one write, which removes expired holders, unless they were prolonged meanwhile, and takes the slot if there is
 * room then.
 */
function toExpressions(plan: SlotWrite, own: { slotId: string; now: number; until: number }): Expressions {
  const slot = number(own.until)
  const names = { '#ttl': 'ttl' }
  const values = { ':ttl': ttlAt(own.now) }
  if (plan.step === 'create') {
    return {
      ConditionExpression: 'attribute_not_exists(holders) OR size(holders) = :none',
      UpdateExpression: 'SET holders = :holders, #ttl = :ttl',
      ExpressionAttributeNames: names,
      ExpressionAttributeValues: { ...values, ':none': number(0), ':holders': { M: { [own.slotId]: slot } } },
    }
  }
  const expired = plan.removed.map((_, index) => `holders.#e${index}`)
  const takes = plan.step === 'take'
  const conditions = expired.map((path) => `${path} <= :now`)
  if (takes) {
    conditions.push(
      'size(holders) <= :room',
      plan.isOwnThere ? 'attribute_exists(holders.#own)' : 'attribute_not_exists(holders.#own)',
    )
  }
  return {
    ConditionExpression: conditions.join(' AND '),
    UpdateExpression:
      `SET #ttl = :ttl${takes ? ', holders.#own = :until' : ''}` +
      (expired.length > 0 ? ` REMOVE ${expired.join(', ')}` : ''),
    ExpressionAttributeNames: {
      ...names,
      ...Object.fromEntries(plan.removed.map((slotId, index) => [`#e${index}`, slotId])),
      ...(takes && { '#own': own.slotId }),
    },
    ExpressionAttributeValues: {
      ...values,
      ...(expired.length > 0 && { ':now': number(own.now) }),
      ...(takes && { ':until': slot, ':room': number(plan.room) }),
    },
  }
}

/** Builds the key of the item that has the holders of a subject's slots. */
export function slotsKey(pk: string): Item {
  return { pk: { S: pk }, sk: { S: 'slots' } }
}

/** Reads the holders of slots, expired ones included. */
export function toHolders(item: Item | undefined): Holders {
  return new Map(Object.entries(item?.holders?.M ?? {}).map(([slotId, { N }]) => [slotId, Number(N)]))
}

function number(value: number): { N: string } {
  return { N: String(value) }
}

function ttlAt(now: number): { N: string } {
  return ttlAfter(now + MAX_SLOT_MS)
}
