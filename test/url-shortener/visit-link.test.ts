import { AppError } from '../../functions/shared/errors.ts'
import type { Cause } from '../../functions/shared/events/event.ts'
import type { DeletedLink, Link, LinkDetails } from '../../functions/url-shortener/link.ts'
import { type Visit, type VisitOutcome, visitLink } from '../../functions/url-shortener/visit-link.ts'
import type { Spending } from '../../functions/url-shortener/visit-store.ts'
import { aLink, CAUSE } from './a-link.ts'
import { aVisit, aVisitor, VISITORS, type Who } from './a-visit.ts'

const NOW = Date.parse('2026-03-12T19:03:58.005Z')
const BEFORE = '2026-03-12T19:03:58.004Z'
const AFTER = '2026-03-12T19:03:58.006Z'
const { signal } = new AbortController()

/** A world with one link, and what its cap says. Calls are written down in their order. */
interface World {
  link?: Partial<Link>
  deleted?: DeletedLink
  details?: Partial<LinkDetails>
  cap?: Spending
}

const deny = () => new AppError('dependency-failed', 'Spending failed', { retryable: true })

function world({ link, deleted, details, cap = 'open' }: World, failing: string[] = []) {
  const calls: string[] = []
  const causes: Cause[] = []
  const called = async <Result>(call: string, result: Result): Promise<Result> => {
    calls.push(call)
    if (failing.includes(call)) throw deny()
    return result
  }
  const visit = visitLink({
    resolve: (code) => called('read', deleted ?? (code === 'abc' ? aLink(link) : undefined)),
    resolveDetails: () => called('details', { expiredUrl: null, rules: [], passwordHash: null, ...details }),
    spend: () => called('spend', cap),
    look: () => called('look', cap === 'last' ? 'open' : cap),
    tellEnd: ({ end, version, cause }) => {
      causes.push(cause)
      return called(`tell ${end} of ${version}`, undefined)
    },
    isUnlocked: async (cookies, { passwordId }) => called('check', cookies.includes(`unlock=${passwordId}`)),
    now: () => NOW,
  })
  return { calls, causes, visit: (visiting: Visit) => visit(visiting, signal) }
}

/** An outcome in a word, or a redirect as in `302 https://…`. */
function summary(outcome: VisitOutcome): string {
  return outcome.outcome === 'redirect' ? `${outcome.status} ${outcome.url}` : outcome.outcome
}

const TARGET = 'https://example.com/'
const END = 'https://example.org/over'
const PASSWORD = { passwordId: 'p1' }
const CAP = { maxClicks: 5 }
const EXPIRED_URL = { hasExpiredUrl: true }

describe('what each kind of visitor gets of a link', () => {
  const EVERYBODY = (outcome: string) => ({ person: outcome, head: outcome, bot: outcome, prefetch: outcome })
  const GUARDED = { bot: 'withheld', prefetch: 'later' }

  test.each<[string, World, Record<Who, string>]>([
    ['plain', {}, EVERYBODY(`302 ${TARGET}`)],
    ['with a status of its own', { link: { redirect: 307 } }, EVERYBODY(`307 ${TARGET}`)],
    ['deleted', { deleted: { code: 'abc', deletedAt: BEFORE } }, EVERYBODY('deleted')],
    ['blocked', { link: { blockedAt: BEFORE } }, EVERYBODY('blocked')],
    ['before its start', { link: { startsAt: AFTER } }, EVERYBODY('not-started')],
    ['at its start', { link: { startsAt: new Date(NOW).toISOString() } }, EVERYBODY(`302 ${TARGET}`)],
    ['before its end', { link: { expiresAt: AFTER } }, EVERYBODY(`302 ${TARGET}`)],
    ['at its end', { link: { expiresAt: new Date(NOW).toISOString() } }, EVERYBODY('expired')],
    [
      'after its end, with another target for then',
      { link: { expiresAt: BEFORE, ...EXPIRED_URL }, details: { expiredUrl: END } },
      EVERYBODY(`302 ${END}`),
    ],
    ['with a password', { link: PASSWORD }, { person: 'locked', head: 'locked', ...GUARDED }],
    ['with a cap', { link: CAP }, { person: `302 ${TARGET}`, head: '302 null', ...GUARDED }],
    [
      'with a cap of which this is the last',
      { link: CAP, cap: 'last' },
      { person: `302 ${TARGET}`, head: '302 null', ...GUARDED },
    ],
    ['with a spent cap', { link: CAP, cap: 'exhausted' }, { ...EVERYBODY('exhausted'), prefetch: 'later' }],
    ['whose cap is known to be spent', { link: { ...CAP, ended: 'exhausted' } }, EVERYBODY('exhausted')],
    [
      'with a spent cap and another target for then',
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

test('each check comes before those that would tell more', async () => {
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

describe('what a visit costs', () => {
  test.each<[string, World, Who, string[]]>([
    ['a plain link: nothing but its read', {}, 'person', ['read']],
    ['a link with a cap is counted for people', { link: CAP }, 'person', ['read', 'spend']],
    ['HEAD only looks', { link: CAP }, 'head', ['read', 'look']],
    ['a bot only looks', { link: CAP }, 'bot', ['read', 'look']],
    ['a prefetch does not even look', { link: CAP }, 'prefetch', ['read']],
    ['a link that is locked spends nothing', { link: { ...PASSWORD, ...CAP } }, 'person', ['read', 'check']],
    ['a bot proves nothing', { link: PASSWORD }, 'bot', ['read']],
    [
      'a link that is blocked is asked for nothing',
      { link: { ...PASSWORD, ...CAP, blockedAt: BEFORE } },
      'person',
      ['read'],
    ],
    [
      'details are read for rules, before the cap is spent',
      { link: { ...CAP, hasRules: true } },
      'person',
      ['read', 'details', 'spend'],
    ],
    ['another target for the end is not read before', { link: EXPIRED_URL }, 'person', ['read']],
  ])('%s', async (_, ...[state, who, calls]) => {
    const there = world(state)
    await there.visit(aVisit(who))
    expect(there.calls).toEqual(calls)
  })

  test('of a plain link’s visitor nothing is asked', async () => {
    const visitor = new Proxy(aVisitor(), {
      get: (_, name) => {
        throw new Error(`It asked for the visitor’s ${String(name)}`)
      },
    })
    expect(summary(await world({}).visit(aVisit('person', { visitor })))).toBe(`302 ${TARGET}`)
  })
})

describe('an end is told', () => {
  const told = async (state: World, who: Who = 'person') => {
    const there = world(state)
    await there.visit(aVisit(who))
    return there.calls.filter((call) => call.startsWith('tell'))
  }

  test.each<[string, World, Who, string[]]>([
    ['by the first visit of an expired link', { link: { expiresAt: BEFORE } }, 'person', ['tell expired of version-1']],
    ['not twice', { link: { expiresAt: BEFORE, ended: 'expired' } }, 'person', []],
    [
      'not again as expired, once it was exhausted',
      { link: { ...CAP, expiresAt: BEFORE, ended: 'exhausted' } },
      'person',
      [],
    ],
    ['by the visit that spends the last', { link: CAP, cap: 'last' }, 'person', ['tell exhausted of version-1']],
    [
      'by a refused visit, should that have failed',
      { link: CAP, cap: 'exhausted' },
      'person',
      ['tell exhausted of version-1'],
    ],
    ['by whoever looks', { link: CAP, cap: 'exhausted' }, 'head', ['tell exhausted of version-1']],
    ['not while the cap lasts', { link: CAP }, 'person', []],
    ['not when it was told already', { link: { ...CAP, ended: 'exhausted' }, cap: 'exhausted' }, 'person', []],
  ])('%s', async (_, ...[state, who, calls]) => {
    expect(await told(state, who)).toEqual(calls)
  })

  test('with what caused it', async () => {
    const there = world({ link: { expiresAt: BEFORE } })
    await there.visit(aVisit())
    expect(there.causes).toEqual([CAUSE])
  })
})

describe('a proof of the password', () => {
  const unlocked = { cookies: ['theme=dark', 'unlock=p1'] }

  test('lets a person in', async () => {
    expect(summary(await world({ link: PASSWORD }).visit(aVisit('person', unlocked)))).toBe(`302 ${TARGET}`)
  })

  test('of another password does not', async () => {
    const { visit } = world({ link: { passwordId: 'p2' } })
    expect(summary(await visit(aVisit('person', unlocked)))).toBe('locked')
  })

  test.each<[Who, string]>([
    ['head', '302 null'],
    ['bot', 'withheld'],
    ['prefetch', 'later'],
  ])('gives no target to %s', async (who, expected) => {
    expect(summary(await world({ link: PASSWORD }).visit(aVisit(who, unlocked)))).toBe(expected)
  })

  test('does not go around the cap', async () => {
    const there = world({ link: { ...PASSWORD, ...CAP }, cap: 'exhausted' })
    expect(summary(await there.visit(aVisit('person', unlocked)))).toBe('exhausted')
  })
})

describe('what fails lets nobody in', () => {
  test.each<[string, World, Who]>([
    ['read', {}, 'person'],
    ['details', { link: { hasRules: true } }, 'person'],
    ['details', { link: { expiresAt: BEFORE, ...EXPIRED_URL } }, 'person'],
    ['check', { link: PASSWORD }, 'person'],
    ['spend', { link: CAP }, 'person'],
    ['look', { link: CAP }, 'head'],
    ['look', { link: CAP }, 'bot'],
  ])('%s', async (call, state, who) => {
    await expect(world(state, [call]).visit(aVisit(who))).rejects.toMatchObject({ retryable: true })
  })
})

describe('the target', () => {
  const rules = [
    { if: { country: 'AT' }, url: 'https://example.com/at' },
    { if: { language: 'de' }, url: 'https://example.com/de' },
  ]
  const there = () => world({ link: { hasRules: true, forwardQuery: true }, details: { rules } })
  const german = { ...VISITORS.person, 'accept-language': 'de-CH', 'cloudfront-viewer-country': 'AT' }

  test('is the one of the first rule that matches', async () => {
    const visit = aVisit('person', { located: async () => aVisitor(german, true) })
    expect(summary(await there().visit(visit))).toBe('302 https://example.com/at')
  })

  test('is chosen without a country where the edge vouches for none', async () => {
    const visit = aVisit('person', { located: async () => aVisitor(german, false) })
    expect(summary(await there().visit(visit))).toBe('302 https://example.com/de')
  })

  test('is the link’s own where no rule matches', async () => {
    expect(summary(await there().visit(aVisit()))).toBe(`302 ${TARGET}`)
  })

  test('takes the visitor’s query along, also where a rule chose it', async () => {
    const visit = aVisit('person', { located: async () => aVisitor(german), query: 'a=1' })
    expect(summary(await there().visit(visit))).toBe('302 https://example.com/de?a=1')
  })

  test('takes no query along unless the link says so, nor does the one for the end', async () => {
    const query = { query: 'a=1' }
    expect(summary(await world({}).visit(aVisit('person', query)))).toBe(`302 ${TARGET}`)
    const ended = { link: { forwardQuery: true, expiresAt: BEFORE, ...EXPIRED_URL }, details: { expiredUrl: END } }
    expect(summary(await world(ended).visit(aVisit('person', query)))).toBe(`302 ${END}`)
  })
})

describe('how long a visitor may remember the target', () => {
  const permanent = { redirect: 301, cacheSeconds: 60 } as const

  test.each<[string, Partial<Link>, object | null]>([
    ['a 301, as long as the link says', permanent, { seconds: 60, scope: 'public' }],
    ['a 308 too', { ...permanent, redirect: 308 }, { seconds: 60, scope: 'public' }],
    ['a 302 never', { ...permanent, redirect: 302 }, null],
    ['a 307 never', { ...permanent, redirect: 307 }, null],
    ['not at all unless it says so', { redirect: 301 }, null],
    [
      'not beyond the link’s end',
      { ...permanent, expiresAt: '2026-03-12T19:04:28.504Z' },
      { seconds: 30, scope: 'public' },
    ],
    ['not in its last second', { ...permanent, expiresAt: '2026-03-12T19:03:59.004Z' }, null],
    ['each for itself where rules choose', { ...permanent, hasRules: true }, { seconds: 60, scope: 'private' }],
    ['never with a cap', { ...permanent, ...CAP }, null],
  ])('%s', async (_, link, remember) => {
    expect(await world({ link }).visit(aVisit())).toMatchObject({ outcome: 'redirect', remember })
  })

  test('never with a password', async () => {
    const { visit } = world({ link: { ...permanent, ...PASSWORD } })
    expect(await visit(aVisit('person', { cookies: ['unlock=p1'] }))).toMatchObject({
      outcome: 'redirect',
      remember: null,
    })
  })

  test('never the one for the end', async () => {
    const { visit } = world({ link: { ...permanent, expiresAt: BEFORE, ...EXPIRED_URL }, details: { expiredUrl: END } })
    expect(await visit(aVisit())).toMatchObject({ status: 302, remember: null })
  })
})
