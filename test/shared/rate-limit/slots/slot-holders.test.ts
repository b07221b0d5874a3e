import fc from 'fast-check'
import { planAcquisition } from '../../../../functions/shared/rate-limit/slots/slot-holders.ts'

const asked = { slotId: 'mine', limit: 2, now: 1000 }
const holders = (...until: number[]) => new Map(until.map((expiresAt, index) => [`slot-${index}`, expiresAt]))

test('the first write assumes that there is room, without a read', () => {
  expect(planAcquisition(undefined, asked)).toEqual({ step: 'take', removed: [], room: 1, isOwnThere: false })
})

test('the first holder creates the map', () => {
  expect(planAcquisition(new Map(), asked)).toEqual({ step: 'create' })
})

test('a slot that an earlier write took is held until it expires, even when all slots are taken', () => {
  const seen = holders(1001, 5000).set('mine', 1001)
  expect(planAcquisition(seen, asked)).toEqual({ step: 'held', expiresAt: 1001 })
})

test('a caller’s own expired slot is taken again, and takes no second place', () => {
  const seen = new Map([
    ['mine', 1000],
    ['other', 2000],
  ])
  expect(planAcquisition(seen, asked)).toEqual({ step: 'take', removed: [], room: 2, isOwnThere: true })
  expect(planAcquisition(holders(2000, 3000).set('mine', 1000), asked)).toEqual({ step: 'full', retryAfterMs: 1000 })
})

test('a denial says by when a slot is free at the latest', () => {
  expect(planAcquisition(holders(4000, 1500), asked)).toEqual({ step: 'full', retryAfterMs: 500 })
})

test('above a limit that was lowered, so many must leave that one place is free', () => {
  expect(planAcquisition(holders(4000, 1500, 3000, 2000), asked)).toEqual({ step: 'full', retryAfterMs: 2000 })
})

test('where nobody may hold a slot, no expiry makes room', () => {
  expect(planAcquisition(holders(1500), { ...asked, limit: 0 })).toEqual({ step: 'full', retryAfterMs: null })
})

test('who expired goes when their places are wanted, and stays where there is room', () => {
  const take = { step: 'take', isOwnThere: false }
  expect(planAcquisition(holders(1000, 5000), asked)).toEqual({ ...take, removed: ['slot-0'], room: 2 })
  expect(planAcquisition(holders(1000), asked)).toEqual({ ...take, removed: [], room: 1 })
})

test('one write removes 25 at most', () => {
  const seen = holders(...Array<number>(500).fill(1000))
  const first25 = Array.from({ length: 25 }, (_, index) => `slot-${index}`)
  const plan = planAcquisition(seen, { ...asked, limit: 500 })
  expect(plan).toEqual({ step: 'take', removed: first25, room: 524, isOwnThere: false })
})

test('where 25 are not enough, a write only cleans up', () => {
  const seen = holders(...Array<number>(30).fill(1000))
  expect(planAcquisition(seen, { ...asked, limit: 5 })).toMatchObject({ step: 'clean' })
  expect(planAcquisition(seen, { ...asked, limit: 6 })).toMatchObject({ step: 'take', room: 30 })
})

test('a write that takes a slot never leaves more entries than the limit, and removes nobody who is live', () => {
  const time = fc.integer({ min: 990, max: 1010 })
  const seen = fc
    .dictionary(fc.constantFrom('mine', ...'abcdefgh'), time)
    .map((record) => new Map(Object.entries(record)))
  fc.assert(
    fc.property(seen, fc.integer({ min: 1, max: 6 }), (map, limit) => {
      const plan = planAcquisition(map, { slotId: 'mine', limit, now: 1000 })
      const live = [...map.values()].filter((expiresAt) => expiresAt > 1000).length
      if (plan.step === 'full') expect(live).toBeGreaterThanOrEqual(limit)
      if (plan.step !== 'take') return
      expect(plan.removed.every((slotId) => (map.get(slotId) ?? 0) <= 1000)).toBe(true)
      expect(plan.removed).not.toContain('mine')
      const after = new Set([...map.keys(), 'mine']).size - plan.removed.length
      expect(after).toBeLessThanOrEqual(limit)
      expect(plan.room - map.size).toBe(limit - after)
    }),
    { numRuns: 1000 },
  )
})
