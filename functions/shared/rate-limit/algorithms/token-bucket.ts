import type { Item } from '../../data/table.ts'
import type { Charge, WindowPolicy } from '../policy.ts'
import type { Algorithm, Asked } from './types.ts'

/** Femtoseconds in a millisecond. */
const FS = 10n ** 12n

/**
 * A bucket of `burst` tokens, into which `limit` drop in `windowMs`: GCRA, the "generic cell rate algorithm" of ATM
 * (ITU-T I.371), where a bucket is one number, the time at which it will be full.
 *
 * - In the item: `tat` (theoretical arrival time), in femtoseconds since the epoch, 25 digits of the 38 that DynamoDB
 *   has. A cost moves it by the time that its tokens need to drop, and it may be ahead of now by a bucket's time.
 * - The condition has two branches, because an update has no maximum. *Full*: `tat` is not ahead of now; it becomes now
 *   and the cost. *Draining*: it is ahead of now, by no more than leaves room for the cost; the cost is added. Each
 *   branch asserts all that it relies on.
 * - A refusal brings `tat`. Does it say no, it is final. Else it was the wrong branch, and the write goes again by the
 *   other one: the refused one charged nothing. `tat` only grows, so that it can't be wrong again, but for a refund.
 *
 * Rounding never admits one too many. Each cost's time is rounded up, by less than 1 fs, and the bucket holds `burst` fs
 * more, so that it is empty after `burst` costs of 1 and not one before. Within t ms then less than
 * `burst + t * limit / windowMs + 1 / windowMs` tokens pass, as long as `limit * burst` is below 10^12; all but the
 * last term are whole multiples of `1 / windowMs`, so that it is no more than without it.
 */
export const tokenBucket: Algorithm = {
  judge(item, asked) {
    const { policy, cost } = asked
    const { at, tat, price, capacity, tokenLimit, tokenTime } = timesOf(item, asked)
    const burst = policy.burst ?? policy.limit
    const ahead = tat > at ? tat - at : 0n
    const spare = capacity - ahead
    const allowed = price <= spare
    const tokens = spare > 0n ? Number((spare * tokenLimit) / tokenTime) : 0
    const wait = cost > burst ? null : toMs(price - spare)
    return {
      allowed,
      remaining: Math.min(burst, tokens),
      resetMs: toMs(ahead),
      retryAfterMs: allowed ? 0 : wait,
    }
  },
  plan(seen, asked) {
    const { at, tat, price, capacity } = timesOf(seen?.item ?? {}, asked)
    const isFull = tat <= at
    const next = (isFull ? at : tat) + price
    const values: Item = isFull
      ? { ':at': toN(at), ':tat': toN(next) }
      : { ':at': toN(at), ':latest': toN(at + capacity - price), ':price': toN(price) }
    return {
      condition: isFull ? '(attribute_not_exists(tat) OR tat <= :at)' : 'tat > :at AND tat <= :latest',
      ...(isFull && { set: 'tat = :tat' }),
      update: isFull ? '' : 'ADD tat :price',
      values,
      attribute: 'tat',
      amount: String(price),
      value: String(next),
      // By then as many tokens have dropped again: given back later, they would be there twice.
      until: asked.now + toMs(price),
      keptUntil: asked.now + toMs(capacity),
    }
  },
}

/** All in femtoseconds. */
function timesOf(item: Item, { policy, cost, now }: Asked) {
  const { limit, burst = limit, windowMs } = policy
  const tokenTime = BigInt(Number(windowMs)) * FS
  const tokenLimit = BigInt(limit)
  return {
    at: BigInt(now) * FS,
    tat: BigInt(item.tat?.N ?? 0),
    price: (BigInt(cost) * tokenTime + tokenLimit - 1n) / tokenLimit,
    capacity: (BigInt(burst) * tokenTime) / tokenLimit + BigInt(burst),
    tokenTime,
    tokenLimit,
  }
}

function toN(fs: bigint): { N: string } {
  return { N: String(fs) }
}

function toMs(fs: bigint): number {
  return Number((fs + FS - 1n) / FS)
}

/**
 * The part of a charge that can be given back before `until`: what dropped since may be spent already. The rest is as
 * if it had never been charged: until now the bucket was filling, with it or without it. A token that dropped in part
 * is one of the cost. Any other charge than a bucket's is left as it is.
 */
export function leftOf(charge: Charge, now: number): Charge {
  if (charge.amount === undefined) return charge
  const { until, cost } = charge
  const time = BigInt(charge.amount)
  const elapsedMs = Math.max(0, now - (until - toMs(time)))
  const left = time - BigInt(elapsedMs) * FS
  return { ...charge, cost: Number((left * BigInt(cost) + time - 1n) / time), amount: String(left) }
}

/** Beyond, the rounding could let one more pass. */
export function isExact({ limit, burst = limit }: Pick<WindowPolicy, 'limit' | 'burst'>): boolean {
  return limit * burst < 1e12
}
