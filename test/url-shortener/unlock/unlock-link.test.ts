import { randomBytes } from 'node:crypto'
import type { DeletedLink, Link } from '../../../functions/url-shortener/domain/link.ts'
import { hashPassword } from '../../../functions/url-shortener/domain/password.ts'
import { findLock, type Lock, tryPassword } from '../../../functions/url-shortener/unlock/unlock-link.ts'
import { aLink } from '../a-link.ts'

const NOW = Date.parse('2026-11-21T12:00:00.000Z')
const at = (ms: number) => new Date(NOW + ms).toISOString()
const { signal } = new AbortController()

function lockOf(link: Link | DeletedLink | undefined, code = 'abc') {
  const asked: string[] = []
  const read = async (code: string, { consistent }: { consistent: boolean }) => {
    asked.push(`${code} ${consistent ? 'consistent' : 'eventual'}`)
    return link
  }
  return { asked, lock: findLock({ read, now: () => NOW })(code, signal) }
}

const PROTECTED = { passwordId: 'password-1' }

test.each<[string, Link | DeletedLink | undefined, Lock]>([
  ['nothing', undefined, { state: 'not-found' }],
  ['a deleted link', { code: 'abc', deletedAt: at(-1) }, { state: 'deleted' }],
  ['a link without a password', aLink(), { state: 'open' }],
  ['a link with one', aLink(PROTECTED), { state: 'locked', link: { code: 'abc', passwordId: 'password-1' } }],
  ['a blocked link', aLink({ ...PROTECTED, blockedAt: at(-1), startsAt: at(1) }), { state: 'blocked' }],
  ['a link that starts later', aLink({ ...PROTECTED, startsAt: at(1) }), { state: 'not-started' }],
  ['a link that starts now', aLink({ startsAt: at(0) }), { state: 'open' }],
  ['a link that ends later', aLink({ expiresAt: at(1) }), { state: 'open' }],
  ['a link that ends now', aLink({ ...PROTECTED, expiresAt: at(0) }), { state: 'expired' }],
  [
    'an expired link with an expiredUrl',
    aLink({ ...PROTECTED, expiresAt: at(0), hasExpiredUrl: true }),
    { state: 'open' },
  ],
  ['an exhausted link', aLink({ ended: 'exhausted' }), { state: 'open' }],
])('%s is %j', async (_, link, state) => {
  expect(await lockOf(link).lock).toEqual(state)
})

test.each([
  'health',
  'v1',
  'favicon.ico',
  'ab',
  'a b',
  '',
])('the code %j has no link, and is not looked up', async (code) => {
  const { asked, lock } = lockOf(aLink({ code }), code)
  expect([await lock, asked]).toEqual([{ state: 'not-found' }, []])
})

test('a link is read consistently, because it works from the moment its creator knows it', async () => {
  const { asked, lock } = lockOf(aLink())
  await lock
  expect(asked).toEqual(['abc consistent'])
})

describe('a password', () => {
  const LINK = { code: 'abc', passwordId: 'password-1' }
  const stored = hashPassword('secret', randomBytes)
  const trying = (hash: () => Promise<string | null>) =>
    tryPassword({
      readDetails: async () => ({ expiredUrl: null, rules: [], passwordHash: await hash() }),
      issue: async (link) => `proof of ${JSON.stringify(link)}`,
    })

  test('that is right returns a proof for the link and this password', async () => {
    expect(await trying(() => stored)({ link: LINK, password: 'secret' }, signal)).toEqual({
      outcome: 'right',
      proof: `proof of ${JSON.stringify(LINK)}`,
    })
  })

  test('that is wrong returns none', async () => {
    expect(await trying(() => stored)({ link: LINK, password: 'Secret' }, signal)).toEqual({ outcome: 'wrong' })
  })

  test('is not needed once it was removed', async () => {
    expect(await trying(async () => null)({ link: LINK, password: 'secret' }, signal)).toEqual({ outcome: 'open' })
  })

  test('that was changed meanwhile unlocks nothing: the proof is for the old one', async () => {
    const next = hashPassword('next', randomBytes)
    const answer = await trying(() => next)({ link: LINK, password: 'next' }, signal)
    expect(answer).toEqual({ outcome: 'right', proof: `proof of ${JSON.stringify(LINK)}` })
  })
})
