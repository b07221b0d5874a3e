import fc from 'fast-check'
import { type SweepEndsDeps, sweepEnds } from '../../../functions/url-shortener/ends/sweep-ends.ts'
import { CAUSE } from '../a-link.ts'
import { endsOf, type Fate, NOW, sweepWorld } from './sweep-world.ts'

const { signal } = new AbortController()
const PAST = '2026-03-12T19:59:59.999Z'
const FUTURE = '2026-03-12T20:00:00.001Z'

/** Prepares a run over a world without failures, unless a test adds some. */
function runOver(world: ReturnType<typeof sweepWorld>, more: Partial<SweepEndsDeps> = {}) {
  const failures: object[] = []
  const onFailure = (place: object) => failures.push(place)
  const sweep = sweepEnds({
    index: world.index,
    recordEnd: world.recordEnd,
    now: () => NOW,
    random: () => 0.5,
    onFailure,
    ...more,
  })
  const run = (until = NOW + 1) => sweep({ until, cause: CAUSE }, signal)
  return { run, failures }
}
const recorded = ({ events }: ReturnType<typeof sweepWorld>) => events.map(({ code, end }) => `${code} ${end}`).sort()

test('a link is recorded as expired from its last millisecond on, and not before', async () => {
  const world = sweepWorld()
  world.add({ code: 'past', expiresAt: PAST })
  world.add({ code: 'sharp', expiresAt: new Date(NOW).toISOString() })
  world.add({ code: 'later', expiresAt: FUTURE })
  world.add({ code: 'never' })
  expect(await runOver(world).run()).toEqual({ expired: 2, exhausted: 0, failed: 0, isComplete: true })
  expect(recorded(world)).toEqual(['past expired', 'sharp expired'])
})

test('a link is recorded as exhausted once its counter has reached or exceeds the cap', async () => {
  const world = sweepWorld()
  world.add({ code: 'spent', maxClicks: 5 }, 5)
  world.add({ code: 'over', maxClicks: 5 }, 9)
  world.add({ code: 'one-left', maxClicks: 5 }, 4)
  expect(await runOver(world).run()).toEqual({ expired: 0, exhausted: 2, failed: 0, isComplete: true })
  expect(recorded(world)).toEqual(['over exhausted', 'spent exhausted'])
})

test('a recorded counter leaves the index, even if a visit recorded it', async () => {
  const world = sweepWorld()
  world.add({ code: 'by-sweep', maxClicks: 1 }, 1)
  world.add({ code: 'by-visit', maxClicks: 1, ended: 'exhausted' }, 1)
  world.add({ code: 'open', maxClicks: 2 }, 1)
  await runOver(world).run()
  expect(recorded(world)).toEqual(['by-sweep exhausted'])
  expect([...world.stored].filter(([, { inCapped }]) => inCapped).map(([code]) => code)).toEqual(['open'])
})

test('an exhausted link that was recorded as expired stays in the index, because its expiry may be extended', async () => {
  const world = sweepWorld()
  world.add({ code: 'both', maxClicks: 1, expiresAt: PAST, ended: 'expired' }, 1)
  await runOver(world).run()
  expect(recorded(world)).toEqual([])
  world.change('both', { expiresAt: null })
  await runOver(world).run()
  expect(recorded(world)).toEqual(['both exhausted'])
})

test('a second run records nothing again, and after a higher cap the next end is recorded', async () => {
  const world = sweepWorld()
  world.add({ code: 'abc', maxClicks: 1 }, 1)
  await runOver(world).run()
  await runOver(world).run()
  world.change('abc', { maxClicks: 2 })
  await runOver(world).run()
  expect(recorded(world)).toEqual(['abc exhausted'])
  world.visit('abc')
  await runOver(world).run()
  expect(recorded(world)).toEqual(['abc exhausted', 'abc exhausted'])
})

test('an index that lags behind records nothing, because the link itself is read', async () => {
  const world = sweepWorld()
  world.add({ code: 'longer', expiresAt: PAST })
  world.add({ code: 'gone', expiresAt: PAST })
  world.add({ code: 'raised', maxClicks: 1 }, 1)
  world.add({ code: 'recorded', expiresAt: PAST, ended: 'expired' })
  const expired = { codes: ['longer', 'gone', 'recorded'], next: undefined }
  world.remove('gone')
  world.change('longer', { expiresAt: FUTURE })
  world.change('raised', { maxClicks: 2 })
  const index = {
    ...world.index,
    shards: 1,
    expired: async () => expired,
    capped: async () => ({ codes: ['raised'], next: undefined }),
    spentCaps: async () => [{ code: 'raised', maxClicks: 1 }],
  }
  await runOver(world, { index }).run()
  expect(world.calls.filter((call) => call.startsWith('record'))).toEqual([])
})

test('the counter of a deleted link leaves the index', async () => {
  const world = sweepWorld()
  world.add({ code: 'gone', maxClicks: 1 }, 1)
  world.remove('gone')
  const index = { ...world.index, spentCaps: async () => [{ code: 'gone', maxClicks: 1 }] }
  await runOver(world, { index }).run()
  expect(recorded(world)).toEqual([])
  expect(world.stored.get('gone')?.inCapped).toBe(false)
})

test('a link that fails is counted and named, and the others are handled', async () => {
  const world = sweepWorld({ shards: 1 })
  for (const code of ['a', 'b', 'c', 'd']) world.add({ code, expiresAt: PAST })
  world.add({ code: 'e', maxClicks: 1 }, 1)
  world.setFate((call) => (call === 'record b' || call === 'read e' ? 'lost-before' : 'done'))
  const { run, failures } = runOver(world)
  expect(await run()).toEqual({ expired: 3, exhausted: 0, failed: 2, isComplete: true })
  expect(failures).toEqual(expect.arrayContaining([{ code: 'b' }, { code: 'e' }]))
})

test('a shard that can’t be read is counted and named, and the others are handled', async () => {
  const world = sweepWorld({ shards: 2 })
  for (const code of ['a', 'b', 'c', 'd']) world.add({ code, expiresAt: PAST })
  world.setFate((call) => (call === 'expired 0' ? 'lost-before' : 'done'))
  const { run, failures } = runOver(world)
  expect(await run()).toEqual({ expired: 2, exhausted: 0, failed: 1, isComplete: true })
  expect(failures).toEqual([{ shard: 0 }])
})

test('a run starts nothing once its time is up, records the oldest ends first, and leaves the rest to the next run', async () => {
  const world = sweepWorld({ shards: 1, pageSize: 3 })
  const codes = Array.from({ length: 20 }, (_, i) => `c${String(i).padStart(2, '0')}`)
  for (const [i, code] of codes.entries()) world.add({ code, expiresAt: new Date(NOW - 1000 + i).toISOString() })
  // Each record takes some time.
  const now = () => NOW + world.events.length
  const { run } = runOver(world, { now })
  const first = await run(NOW + 7)
  expect(first.isComplete).toBe(false)
  expect(first.expired).toBeGreaterThanOrEqual(7)
  expect(first.expired).toBeLessThanOrEqual(8)
  expect(world.events.map(({ code }) => code).sort()).toEqual(codes.slice(0, first.expired))
  expect(await run(NOW + 1000)).toMatchObject({ expired: 20 - first.expired, isComplete: true })
})

test('without time, or when aborted, it reads nothing', async () => {
  const world = sweepWorld()
  world.add({ code: 'abc', expiresAt: PAST })
  expect(await runOver(world).run(NOW)).toMatchObject({ failed: 0, isComplete: false })
  const sweep = sweepEnds({ ...world, now: () => NOW, random: () => 0, onFailure: () => undefined })
  const given = await sweep({ until: NOW + 1, cause: CAUSE }, AbortSignal.abort())
  expect(given).toMatchObject({ failed: 0, isComplete: false })
  expect(world.calls).toEqual([])
})

test.each([0, 0.3, 0.999_999])('wherever it starts (%p), a run handles every capped link once', async (random) => {
  const world = sweepWorld()
  const codes = ['-a', '0', '9zz', 'A', 'KK', 'Zz9', '_', 'a', 'k0-', 'zz', 'zzz']
  for (const code of codes) world.add({ code, maxClicks: 1 }, 1)
  const { run } = runOver(world, { random: () => random })
  expect(await run()).toMatchObject({ exhausted: codes.length, isComplete: true })
  expect(world.calls.filter((call) => call.startsWith('read'))).toHaveLength(codes.length)
})

test('the event is caused by the run', async () => {
  const world = sweepWorld()
  world.add({ code: 'abc', expiresAt: PAST })
  const causes: unknown[] = []
  await runOver(world, {
    recordEnd: async ({ cause, ...ending }) => {
      causes.push(cause, ending)
      return 'recorded'
    },
  }).run()
  expect(causes).toEqual([CAUSE, { code: 'abc', version: 'version-0', end: 'expired' }])
})

describe('with failures and concurrent changes', () => {
  const links = fc.array(
    fc.record({
      expiresAt: fc.constantFrom(null, PAST, FUTURE),
      maxClicks: fc.constantFrom(null, 1, 2),
      clicks: fc.integer({ min: 0, max: 2 }),
    }),
    { minLength: 1, maxLength: 12 },
  )
  const fates = fc.array(fc.constantFrom<Fate>('done', 'done', 'done', 'lost-before', 'lost-after'), { maxLength: 80 })
  const happening = fc.record({
    at: fc.nat({ max: 60 }),
    link: fc.nat({ max: 11 }),
    what: fc.constantFrom('visit', 'raise', 'prolong', 'remove'),
  })

  test('each end is recorded exactly once, and nothing else is', async () => {
    await fc.assert(
      fc.asyncProperty(links, fates, fc.array(happening, { maxLength: 6 }), async (made, lost, happenings) => {
        const world = sweepWorld()
        const codes = made.map((_, i) => `c${i}`)
        for (const [i, { clicks, ...link }] of made.entries()) world.add({ code: `c${i}`, ...link }, clicks)
        let step = 0
        world.setFate(() => {
          for (const { link, what } of happenings.filter(({ at }) => at === step)) {
            const code = `c${link % codes.length}`
            const cap = world.stored.get(code)?.link.maxClicks ?? null
            if (what === 'visit') world.visit(code)
            else if (what === 'remove') world.remove(code)
            else if (what === 'raise') world.change(code, { maxClicks: cap === null ? 1 : cap + 1 })
            else world.change(code, { expiresAt: FUTURE })
          }
          step += 1
          return lost[step] ?? 'done'
        })
        // Two at the same time, then as many as there are hours in which something fails.
        await Promise.all([runOver(world).run(), runOver(world).run()])
        while (step <= 80) await runOver(world).run()
        await runOver(world).run()

        const lives = world.events.map(({ code, life }) => `${code} ${life}`)
        expect(lives).toEqual([...new Set(lives)])
        for (const [code, it] of world.stored) {
          const recorded = world.events.find((event) => event.code === code && event.life === it.life)
          const ends = endsOf(it)
          if (it.isDeleted) continue
          if (ends.length === 0) expect(recorded).toBeUndefined()
          else expect(ends).toContain(recorded?.end)
          if (recorded?.end === 'exhausted') expect(it.inCapped).toBe(false)
        }
      }),
      { numRuns: 400 },
    )
  })
})
