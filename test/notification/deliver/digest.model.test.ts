import fc from 'fast-check'
import { isOpen } from '../../../functions/notification/domain/status.ts'
import { LEASE_MS } from './deliver-world.ts'
import { digestWorld } from './digest-world.ts'

const anItem = fc.record({
  /** The time of its acceptance. */
  at: fc.integer({ min: 0, max: 90 }),
  expiresAfter: fc.option(fc.integer({ min: 1, max: 90 })),
  cancelAt: fc.option(fc.integer({ min: 0, max: 90 })),
  /** Its message comes twice. */
  isRepeated: fc.boolean(),
})

const aRun = fc.record({
  items: fc.array(anItem, { minLength: 1, maxLength: 8 }),
  maxItems: fc.integer({ min: 1, max: 4 }),
  /** The time by which each step moves the clock, in milliseconds. */
  stepMs: fc.integer({ min: 0, max: 3000 }),
  /** After how many steps a worker dies, each counted from the one before. */
  deaths: fc.array(fc.integer({ min: 0, max: 12 }), { maxLength: 4 }),
})

type Run = typeof aRun extends fc.Arbitrary<infer Value> ? Value : never

/** Lets workers, cancellations and deaths happen in an order that the scheduler decides, until all is done. */
async function play({ items, maxItems, stepMs, deaths }: Run, scheduler: fc.Scheduler) {
  const left = [...deaths]
  const world = digestWorld({
    rule: { windowSeconds: 40, maxItems },
    async pause() {
      await scheduler.schedule(Promise.resolve())
      world.now += stepMs
    },
    dies() {
      if (left.length === 0) return false
      left[0] = (left[0] ?? 0) - 1
      if ((left[0] ?? 0) >= 0) return false
      left.shift()
      return true
    },
  })
  const ids = items.map((_, index) => `item${index}`)
  const plans = items.flatMap(({ at, expiresAfter, cancelAt }, index) => {
    const id = ids[index] ?? ''
    const expiresAt = expiresAfter === null ? null : (at + expiresAfter) * 1000
    const accept = { at: at * 1000, run: async () => world.accept(id, { expiresAt }) }
    const cancel = { at: Math.max(at, cancelAt ?? 0) * 1000, run: () => world.cancel(id).catch(() => undefined) }
    return cancelAt === null ? [accept] : [accept, cancel]
  })
  const once = new Set(ids.filter((_, index) => !items[index]?.isRepeated))
  const work = async (turn: (typeof world.queue)[number]) => {
    // A message whose worker died comes again, once its claim is over.
    await world.deliver(turn).catch(() => world.queue.push({ ...turn, dueAt: world.now + LEASE_MS }))
  }
  while (plans.length + world.queue.length > 0) {
    world.now = Math.max(world.now, Math.min(...plans.map(({ at }) => at), ...world.queue.map(({ dueAt }) => dueAt)))
    const begun = plans.filter(({ at }) => at <= world.now).map((plan) => plans.splice(plans.indexOf(plan), 1)[0])
    const accepts = begun.map((plan) => plan?.run())
    const due = world.queue.filter(({ dueAt }) => dueAt <= world.now)
    for (const turn of due) world.queue.splice(world.queue.indexOf(turn), 1)
    const all = due.flatMap((turn) => (once.has(turn.id) ? [work(turn)] : [work(turn), work(turn)]))
    await scheduler.waitFor(Promise.all([...accepts, ...all]))
  }
  return { world, ids }
}

test('each item ends in exactly one digest, or is cancelled or expired, whatever the order and whoever dies', async () => {
  await fc.assert(
    fc.asyncProperty(aRun, fc.scheduler(), async (run, scheduler) => {
      const { world, ids } = await play(run, scheduler)
      const sent = world.messages.map(({ notificationId, parts }) => ({
        digest: notificationId,
        items: [...(parts.text ?? '').matchAll(/\[(\w+)\]/g)].map(([, id]) => id ?? ''),
      }))
      for (const id of ids) {
        const { status, reason, digestId } = world.channel(id)
        const digests = new Set(sent.filter(({ items }) => items.includes(id)).map(({ digest }) => digest))
        // A digest whose worker died may have been sent, or not, and expire before anybody could tell.
        const isInDoubt = status === 'expired' && reason === 'uncertain'
        const expected = status === 'delivered' || (isInDoubt && digests.size > 0) ? [digestId] : []
        expect([id, status, isOpen(status), [...digests]]).toEqual([id, status, false, expected])
        expect(['delivered', 'cancelled', 'expired']).toContain(status)
        expect(world.published.filter(([of]) => of === id)).toEqual([[id, status]])
      }
      for (const { notification, channels } of world.digests()) {
        const { items = [], timeline, news, status } = channels[0] ?? world.channel('none')
        const texts = new Set(
          sent.filter(({ digest }) => digest === notification.id).map(({ items: all }) => all.join()),
        )
        const closings = timeline.filter(({ event }) => event === 'closed')
        // All tries have the same items, and only a try in doubt is repeated.
        expect([texts.size <= 1, closings.length, isOpen(status), news]).toEqual([true, 1, false, undefined])
        expect(items.length).toBeLessThanOrEqual(run.maxItems)
        expect(new Set(items).size).toBe(items.length)
      }
      expect(sent.length).toBeLessThanOrEqual(world.digests().length + world.deaths)
    }),
    { numRuns: 400 },
  )
})
