import { localSlots } from '../../../../functions/shared/rate-limit/slots/local-slots.ts'
import { fakeClock } from '../../../support/fake-clock.ts'

function slots() {
  const clock = fakeClock(1000)
  const local = localSlots(clock.now)
  const acquire = (pk: string, slotId: string) => local.acquire({ pk, slotId, limit: 2, ttlMs: 500 })
  return { clock, acquire }
}

test('asked again with the same id, it is the same slot', async () => {
  const { clock, acquire } = slots()
  acquire('org', 'a')
  await clock.advance(100)
  expect(acquire('org', 'a')).toEqual({ outcome: 'acquired', expiresAt: 1500 })
})

test('a denial says when the next slot is free', async () => {
  const { clock, acquire } = slots()
  acquire('org', 'a')
  await clock.advance(100)
  acquire('org', 'b')
  expect(acquire('org', 'c')).toEqual({ outcome: 'denied', retryAfterMs: 400 })
})

test('of the subject after a thousand nothing is known', () => {
  const { acquire } = slots()
  for (let index = 0; index < 1000; index++) acquire(`org:${index}`, 'a')
  expect(acquire('org:1000', 'a')).toEqual({ outcome: 'denied', retryAfterMs: null })
})
