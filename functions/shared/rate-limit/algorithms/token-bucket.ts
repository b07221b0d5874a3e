import type { Item } from '../../data/table.ts'
import type { Charge, WindowPolicy } from '../policy.ts'
import type { Algorithm, TimedCheck } from './types.ts'

/** Femtoseconds in a millisecond. */
const FS = 10n ** 12n

/**
 * Fills a bucket of `burst` tokens with `limit` tokens in `windowMs`: GCRA, the "generic cell rate algorithm" of ATM
 * (ITU-T I.371), where a bucket is one number, the time at which it will be full.
 *
 * - The item has `tat` (theoretical arrival time), in femtoseconds since the epoch, 25 digits of the 38 that DynamoDB
 *   has. A cost moves it by the time in which its tokens refill, and it may be ahead of now by the time of a whole
 *   bucket.
 * - The condition has two branches, because an update has no maximum. *Full*: `tat` is not ahead of now; it becomes now
 *   and the cost. *Draining*: it is ahead of now, by no more than leaves room for the cost; the cost is added. Each
 *   branch asserts everything that it relies on.
 * - A refusal brings `tat`. If it denies the cost, it is final. Otherwise the branch was wrong, and the other branch is
 *   written: the refused write charged nothing. `tat` only grows, except by a refund, so that it can't be wrong again.
 *
 * Rounding never admits one too many. Each cost's time is rounded up, by less than 1 fs, and the bucket holds `burst` fs
 * more, so that it is empty after `burst` costs of 1 and not one before. Within t ms less than
 * `burst + t * limit / windowMs + 1 / windowMs` tokens pass, as long as `limit * burst` is below 10^12. All terms but the
 * last are whole multiples of `1 / windowMs`, so that no more pass than without the last.
 */
export const tokenBucket: Algorithm = {
  judge(item, check) {
    const { policy, cost } = check
    const { at, tat, price, capacity, tokenLimit, tokenTime } = timesOf(item, check)
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
  plan(snapshot, check) {
    const { at, tat, price, capacity } = timesOf(snapshot?.item ?? {}, check)
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
      // By then as many tokens were refilled: given back later, they would be there twice.
      until: check.now + toMs(price),
      keptUntil: check.now + toMs(capacity),
    }
  },
}

/** Computes the times of a check, all in femtoseconds. */
function timesOf(item: Item, { policy, cost, now }: TimedCheck) {
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
 * Returns the part of a charge that can be given back before `until`: tokens that were refilled since may be spent
 * already. The rest is as if it had never been charged: the bucket was filling all the time, with it or without it. A
 * token that was refilled in part counts as a token of the cost. A charge of another algorithm is returned as it is.
 */
export function refundablePart(charge: Charge, now: number): Charge {
  if (charge.amount === undefined) return charge
  const { until, cost } = charge
  const time = BigInt(charge.amount)
  const elapsedMs = Math.max(0, now - (until - toMs(time)))
  const left = time - BigInt(elapsedMs) * FS
  return { ...charge, cost: Number((left * BigInt(cost) + time - 1n) / time), amount: String(left) }
}

/** Returns whether rounding never lets one more pass. */
export function isExact({ limit, burst = limit }: Pick<WindowPolicy, 'limit' | 'burst'>): boolean {
  return limit * burst < 1e12
}
