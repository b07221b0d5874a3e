import type { Link, LinkEnd } from '../../../functions/url-shortener/domain/link.ts'
import type { RecordEnd } from '../../../functions/url-shortener/ends/record-end-on-visit.ts'
import type { EndsIndex } from '../../../functions/url-shortener/ends/sweep-ends.ts'
import { aLink } from '../a-link.ts'

export const NOW = Date.parse('2026-03-12T20:00:00.000Z')

interface Stored {
  link: Link
  clicks: number
  /** True if the link and its counter are in the index. */
  inExpired: boolean
  inCapped: boolean
  isDeleted: boolean
  /**
   * The number of the link's life. It grows when a change clears the recorded end: one end may be recorded in each
   * life.
   */
  life: number
}

/** Lists the ends that a link has reached. */
export function endsOf({ link, clicks }: Pick<Stored, 'link' | 'clicks'>): LinkEnd[] {
  const isExpired = link.expiresAt !== null && Date.parse(link.expiresAt) <= NOW
  const isExhausted = link.maxClicks !== null && clicks >= link.maxClicks
  return [...(isExpired ? ['expired' as const] : []), ...(isExhausted ? ['exhausted' as const] : [])]
}

/** The outcome of a call of the store. */
export type Fate = 'done' | 'lost-before' | 'lost-after'

/** Links, their counters and the index of ends, in memory; each write is one step, as it is in the table. */
export function sweepWorld({ shards = 2, pageSize = 2 } = {}) {
  const stored = new Map<string, Stored>()
  const events: { code: string; end: LinkEnd; life: number }[] = []
  const calls: string[] = []
  let fateOf: (call: string) => Fate = () => 'done'
  let versions = 0

  const step = async <Result>(name: string, effect: () => Result): Promise<Result> => {
    calls.push(name)
    const fate = fateOf(name)
    await Promise.resolve()
    if (fate === 'lost-before') throw new Error(`${name} was lost`)
    const result = effect()
    if (fate === 'lost-after') throw new Error(`The answer to ${name} was lost`)
    return result
  }
  const shardOf = (code: string) => code.charCodeAt(code.length - 1) % shards
  const get = (code: string) => {
    const found = stored.get(code)
    if (!found) throw new Error(`There is no link ${code}.`)
    return found
  }

  const page = (entries: { code: string; key: string }[], from: unknown) => {
    const rest = entries.sort((a, b) => (a.key < b.key ? -1 : 1)).filter(({ key }) => key > String(from ?? ''))
    const found = rest.slice(0, pageSize)
    // A full page names a next one, even if that is empty, as in DynamoDB.
    return { codes: found.map(({ code }) => code), next: found.length < pageSize ? undefined : found.at(-1)?.key }
  }
  const ofShard = (shard: number) => [...stored].filter(([code]) => shardOf(code) === shard)

  const index: EndsIndex = {
    shards,
    expired: ({ shard, now, from }) =>
      step(`expired ${shard}`, () => {
        const due = ofShard(shard).filter(([, { inExpired, link }]) => inExpired && String(link.expiresAt) <= now)
        return page(
          due.map(([code, { link }]) => ({ code, key: `${link.expiresAt}#${code}` })),
          from,
        )
      }),
    capped: ({ shard, after, from }) =>
      step(`capped ${shard}`, () => {
        const capped = ofShard(shard).filter(([code, { inCapped }]) => inCapped && code > after)
        return page(
          capped.map(([code]) => ({ code, key: code })),
          from,
        )
      }),
    spentCaps: (codes) =>
      step('spentCaps', () =>
        codes.flatMap((code) => {
          const { clicks, link, isDeleted } = get(code)
          const isSpent = link.maxClicks !== null && clicks >= link.maxClicks
          return isSpent && !isDeleted ? [{ code, maxClicks: link.maxClicks ?? 0 }] : []
        }),
      ),
    readLink: (code) => step(`read ${code}`, () => (get(code).isDeleted ? undefined : get(code).link)),
    forget: ({ code, maxClicks }) =>
      step(`forget ${code}`, () => {
        const it = get(code)
        if (it.link.maxClicks === maxClicks && it.clicks >= maxClicks) it.inCapped = false
      }),
  }

  const recordEnd: RecordEnd = ({ code, version, end }) =>
    step(`record ${code}`, () => {
      const it = get(code)
      if (it.isDeleted || it.link.version !== version || it.link.ended !== null) return 'skipped'
      it.link = { ...it.link, ended: end }
      it.inExpired = false
      events.push({ code, end, life: it.life })
      return 'recorded'
    })

  return {
    index,
    recordEnd,
    events,
    calls,
    stored,
    /** Sets the outcome of later calls. */
    setFate: (fate: typeof fateOf) => {
      fateOf = fate
    },
    add(link: Partial<Link> & { code: string }, clicks = 0) {
      const made = aLink({ ...link, version: `version-${versions++}` })
      const isOpen = made.ended === null
      stored.set(made.code, {
        link: made,
        clicks,
        inExpired: isOpen && made.expiresAt !== null,
        inCapped: made.maxClicks !== null,
        isDeleted: false,
        life: 0,
      })
    },
    visit(code: string) {
      const it = get(code)
      if (it.clicks < (it.link.maxClicks ?? Number.POSITIVE_INFINITY)) it.clicks += 1
    },
    /**
     * Changes a link as a PATCH does: it gets another version, and keeps a recorded end only while it is still in that
     * state.
     */
    change(code: string, change: Partial<Pick<Link, 'maxClicks' | 'expiresAt'>>) {
      const it = get(code)
      const { ended } = it.link
      it.link = { ...it.link, ...change, version: `version-${versions++}` }
      if ('maxClicks' in change) it.inCapped = it.link.maxClicks !== null
      if (ended !== null && !endsOf(it).includes(ended)) {
        it.link = { ...it.link, ended: null }
        it.life += 1
      }
      it.inExpired = it.link.ended === null && it.link.expiresAt !== null
    },
    remove(code: string) {
      get(code).isDeleted = true
    },
  }
}
