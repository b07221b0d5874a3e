import { createVisitorHash } from '../../../functions/url-shortener/visit/visitor-hash.ts'
import { fakeClock } from '../../support/fake-clock.ts'

const { signal } = new AbortController()
const NIGHT = Date.parse('2026-05-06T23:59:59.000Z')
const SOMEBODY = { network: '198.51.100.10', userAgent: 'Firefox' }

/** Creates a hash with the salts of days, and returns which were read. */
function hasher(salts: (day: string) => string = (day) => day) {
  const clock = fakeClock(NIGHT)
  const days: string[] = []
  const readSalt = async (day: string) => {
    days.push(day)
    return Buffer.from(salts(day))
  }
  const { hashVisitor, prepare } = createVisitorHash({ readSalt, now: clock.now, random: () => 0.5 })
  const hash = (more: Partial<typeof SOMEBODY> & { at?: number } = {}) =>
    hashVisitor({ ...SOMEBODY, at: NIGHT, ...more }, signal)
  return { clock, days, hash, prepare: () => prepare(signal) }
}

test('a visitor is the same one all day, with the same address and browser, in every function', async () => {
  const { hash } = hasher()
  expect(await hash()).toMatch(/^[\w-]{11}$/)
  expect(await hash({ at: NIGHT - 1000 })).toBe(await hasher().hash())
})

test('another address, another browser and another day are another visitor', async () => {
  const { hash } = hasher()
  const hashes = [await hash(), await hash({ network: '198.51.100.11' }), await hash({ userAgent: 'Edge' })]
  expect(new Set([...hashes, await hash({ at: NIGHT + 1000 })]).size).toBe(4)
})

test('a hash depends on the salt, without which nobody can compute it', async () => {
  expect(await hasher().hash()).not.toBe(await hasher(() => 'another').hash())
})

test('the salt of a day is read once, and can be read before the first visit', async () => {
  const { days, hash, prepare } = hasher()
  await prepare()
  for (let times = 0; times < 3; times++) await hash()
  await hash({ at: NIGHT + 1000 })
  expect(days).toEqual(['2026-05-06', '2026-05-07'])
})
