import type { Link } from '../../../functions/url-shortener/domain/link.ts'
import { CAUSE } from '../a-link.ts'
import { aVisit, aVisitor, type Who } from './a-visit.ts'
import {
  AFTER,
  BEFORE,
  CAP,
  END,
  EXPIRED_URL,
  NOW,
  PASSWORD,
  summary,
  TARGET,
  type World,
  world,
} from './visit-world.ts'

describe('each kind of visitor gets its outcome', () => {
  const EVERYBODY = (outcome: string) => ({ person: outcome, head: outcome, bot: outcome, prefetch: outcome })
  const GUARDED = { bot: 'withheld', prefetch: 'later' }

  test.each<[string, World, Record<Who, string>]>([
    ['plain', {}, EVERYBODY(`302 ${TARGET}`)],
    ['with another status', { link: { redirect: 307 } }, EVERYBODY(`307 ${TARGET}`)],
    ['deleted', { deleted: { code: 'abc', deletedAt: BEFORE } }, EVERYBODY('deleted')],
    ['blocked', { link: { blockedAt: BEFORE } }, EVERYBODY('blocked')],
    ['before its start', { link: { startsAt: AFTER } }, EVERYBODY('not-started')],
    ['at its start', { link: { startsAt: new Date(NOW).toISOString() } }, EVERYBODY(`302 ${TARGET}`)],
    ['before its end', { link: { expiresAt: AFTER } }, EVERYBODY(`302 ${TARGET}`)],
    ['at its end', { link: { expiresAt: new Date(NOW).toISOString() } }, EVERYBODY('expired')],
    [
      'after its end, with an expiredUrl',
      { link: { expiresAt: BEFORE, ...EXPIRED_URL }, details: { expiredUrl: END } },
      EVERYBODY(`302 ${END}`),
    ],
    ['with a password', { link: PASSWORD }, { person: 'locked', head: 'locked', ...GUARDED }],
    ['with a cap', { link: CAP }, { person: `302 ${TARGET}`, head: '302 null', ...GUARDED }],
    ['with a cap under contention', { link: CAP, cap: 'busy' }, { person: 'busy', head: '302 null', ...GUARDED }],
    [
      'with a cap of which this is the last visit',
      { link: CAP, cap: 'last' },
      { person: `302 ${TARGET}`, head: '302 null', ...GUARDED },
    ],
    ['with a spent cap', { link: CAP, cap: 'exhausted' }, { ...EVERYBODY('exhausted'), prefetch: 'later' }],
    ['whose cap is known to be spent', { link: { ...CAP, ended: 'exhausted' } }, EVERYBODY('exhausted')],
    [
      'with a spent cap and an expiredUrl',
      { link: { ...CAP, ...EXPIRED_URL }, details: { expiredUrl: END }, cap: 'exhausted' },
      { ...EVERYBODY(`302 ${END}`), prefetch: 'later' },
    ],
    ['that was deleted since it was read', { link: CAP, cap: 'gone' }, { ...EVERYBODY('deleted'), prefetch: 'later' }],
    [
      'with a password and a spent cap',
      { link: { ...PASSWORD, ...CAP }, cap: 'exhausted' },
      { person: 'locked', head: 'locked', ...GUARDED },
    ],
  ])('%s', async (_, state, expected) => {
    const outcomes = Object.keys(expected).map(async (who) => {
      return [who, summary(await world(state).visit(aVisit(who as Who)))]
    })
    expect(Object.fromEntries(await Promise.all(outcomes))).toEqual(expected)
  })

  test('a code without a link is not found', async () => {
    expect(await world({}).visit(aVisit('person', { code: 'nope' }))).toEqual({ outcome: 'not-found' })
  })
})

test('each check comes before those that would reveal more', async () => {
  const troubles: [Partial<Link>, string][] = [
    [{ blockedAt: BEFORE }, 'blocked'],
    [{ startsAt: AFTER }, 'not-started'],
    [{ expiresAt: BEFORE }, 'expired'],
    [PASSWORD, 'locked'],
    [{ ended: 'exhausted' }, 'exhausted'],
    [{}, `302 ${TARGET}`],
  ]
  for (const [index, [, expected]] of troubles.entries()) {
    const link = Object.assign({}, ...troubles.slice(index).map(([trouble]) => trouble))
    expect(summary(await world({ link }).visit(aVisit()))).toBe(expected)
  }
})

describe('the calls of a visit', () => {
  test.each<[string, World, Who, string[]]>([
    ['a plain link: nothing but its read', {}, 'person', ['read']],
    ['a link with a cap is counted for people', { link: CAP }, 'person', ['read', 'spend']],
    ['HEAD only reads the cap', { link: CAP }, 'head', ['read', 'read cap']],
    ['a bot only reads the cap', { link: CAP }, 'bot', ['read', 'read cap']],
    ['a prefetch does not even read the cap', { link: CAP }, 'prefetch', ['read']],
    ['a locked link counts no visit', { link: { ...PASSWORD, ...CAP } }, 'person', ['read', 'check']],
    ['a bot’s cookies are not checked', { link: PASSWORD }, 'bot', ['read']],
    ['a blocked link causes no further call', { link: { ...PASSWORD, ...CAP, blockedAt: BEFORE } }, 'person', ['read']],
    [
      'details are read for rules, before the cap is spent',
      { link: { ...CAP, hasRules: true } },
      'person',
      ['read', 'details', 'spend'],
    ],
    ['the expiredUrl is not read before the end', { link: EXPIRED_URL }, 'person', ['read']],
  ])('%s', async (_, ...[state, who, calls]) => {
    const there = world(state)
    await there.visit(aVisit(who))
    expect(there.calls).toEqual(calls)
  })

  test('a visit of a plain link reads nothing of the visitor', async () => {
    const visitor = new Proxy(aVisitor(), {
      get: (_, name) => {
        throw new Error(`It read the visitor’s ${String(name)}`)
      },
    })
    expect(summary(await world({}).visit(aVisit('person', { visitor })))).toBe(`302 ${TARGET}`)
  })
})

describe('an end is recorded', () => {
  const recorded = async (state: World, who: Who = 'person') => {
    const there = world(state)
    await there.visit(aVisit(who))
    return there.calls.filter((call) => call.startsWith('record'))
  }

  test.each<[string, World, Who, string[]]>([
    [
      'by the first visit of an expired link',
      { link: { expiresAt: BEFORE } },
      'person',
      ['record expired of version-1'],
    ],
    ['not twice', { link: { expiresAt: BEFORE, ended: 'expired' } }, 'person', []],
    [
      'not again as expired, once it was exhausted',
      { link: { ...CAP, expiresAt: BEFORE, ended: 'exhausted' } },
      'person',
      [],
    ],
    ['by the last visit that the cap allows', { link: CAP, cap: 'last' }, 'person', ['record exhausted of version-1']],
    [
      'by a refused visit, if that one failed',
      { link: CAP, cap: 'exhausted' },
      'person',
      ['record exhausted of version-1'],
    ],
    ['by any visit that reads the cap', { link: CAP, cap: 'exhausted' }, 'head', ['record exhausted of version-1']],
    ['not while the cap lasts', { link: CAP }, 'person', []],
    ['not when it was recorded already', { link: { ...CAP, ended: 'exhausted' }, cap: 'exhausted' }, 'person', []],
  ])('%s', async (_, ...[state, who, calls]) => {
    expect(await recorded(state, who)).toEqual(calls)
  })

  test('with what caused it', async () => {
    const there = world({ link: { expiresAt: BEFORE } })
    await there.visit(aVisit())
    expect(there.causes).toEqual([CAUSE])
  })
})

describe('a proof of the password', () => {
  const unlocked = { cookies: ['theme=dark', 'unlock=p1'] }

  test('admits a person', async () => {
    expect(summary(await world({ link: PASSWORD }).visit(aVisit('person', unlocked)))).toBe(`302 ${TARGET}`)
  })

  test('for another password does not', async () => {
    const { visit } = world({ link: { passwordId: 'p2' } })
    expect(summary(await visit(aVisit('person', unlocked)))).toBe('locked')
  })

  /** @proves url-shortener/programs-see-nothing */
  test.each<[Who, string]>([
    ['head', '302 null'],
    ['bot', 'withheld'],
    ['prefetch', 'later'],
  ])('reveals no target to %s', async (who, expected) => {
    expect(summary(await world({ link: PASSWORD }).visit(aVisit(who, unlocked)))).toBe(expected)
  })

  test('does not bypass the cap', async () => {
    const there = world({ link: { ...PASSWORD, ...CAP }, cap: 'exhausted' })
    expect(summary(await there.visit(aVisit('person', unlocked)))).toBe('exhausted')
  })
})

/** @proves url-shortener/guarded-links-closed */
describe('a failure admits nobody', () => {
  test.each<[string, World, Who]>([
    ['read', {}, 'person'],
    ['details', { link: { hasRules: true } }, 'person'],
    ['details', { link: { expiresAt: BEFORE, ...EXPIRED_URL } }, 'person'],
    ['check', { link: PASSWORD }, 'person'],
    ['spend', { link: CAP }, 'person'],
    ['read cap', { link: CAP }, 'head'],
    ['read cap', { link: CAP }, 'bot'],
  ])('%s', async (call, state, who) => {
    await expect(world(state, [call]).visit(aVisit(who))).rejects.toMatchObject({ retryable: true })
  })
})
