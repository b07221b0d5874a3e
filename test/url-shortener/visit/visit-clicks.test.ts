import { aVisit, type Who } from './a-visit.ts'
import { BEFORE, CAP, END, EXPIRED_URL, PASSWORD, summary, TARGET, type World, world } from './visit-world.ts'

const UNLOCKED = ['unlock=p1']

/** Visits a link, and returns what the visitor got and what was recorded for the statistics. */
async function visited(state: World, who: Who = 'person', cookies: string[] = []) {
  const { visit, clicks } = world(state)
  const outcome = summary(await visit(aVisit(who, { cookies })))
  return [outcome, clicks.map(({ visit: { visitor }, link }) => `${visitor.kind} of ${link.code}`)]
}

describe('a click is a visit that is led to the target', () => {
  test.each<[string, World, string[]]>([
    ['of a plain link', {}, []],
    ['of a link with a cap', { link: CAP }, []],
    ['of a link with a cap that it uses up', { link: CAP, cap: 'last' }, []],
    ['of a link with a password that the visitor entered', { link: PASSWORD }, UNLOCKED],
  ])('%s', async (_, state, cookies) => {
    expect(await visited(state, 'person', cookies)).toEqual([`302 ${TARGET}`, ['person of abc']])
  })

  test.each<[string, World, string]>([
    ['that leads nowhere yet', { link: { startsAt: '2100-01-01T00:00:00.000Z' } }, 'not-started'],
    ['that is blocked', { link: { blockedAt: BEFORE } }, 'blocked'],
    ['that has expired', { link: { expiresAt: BEFORE } }, 'expired'],
    [
      'whose end leads to another url',
      { link: { ...EXPIRED_URL, expiresAt: BEFORE }, details: { expiredUrl: END } },
      `302 ${END}`,
    ],
    [
      'whose cap is used up, and that leads to another url',
      { link: { ...CAP, ...EXPIRED_URL }, cap: 'exhausted', details: { expiredUrl: END } },
      `302 ${END}`,
    ],
    ['that asks for a password', { link: PASSWORD }, 'locked'],
    ['whose cap can’t be counted now', { link: CAP, cap: 'busy' }, 'busy'],
  ])('but not of a link %s', async (_, state, outcome) => {
    expect(await visited(state)).toEqual([outcome, []])
  })
})

test.each<[string, World]>([
  ['a plain link', {}],
  ['a link with a cap', { link: CAP }],
])('HEAD of %s is never a click', async (_, state) => {
  const [, clicks] = await visited(state, 'head')
  expect(clicks).toEqual([])
})

describe('a bot is recorded', () => {
  test.each<[string, World, Who, string]>([
    ['that is led to the target', {}, 'bot', `302 ${TARGET}`],
    ['that prefetches', {}, 'prefetch', `302 ${TARGET}`],
    ['that is shown a link with a cap', { link: CAP }, 'bot', 'withheld'],
    ['that is shown a link with a password', { link: PASSWORD }, 'bot', 'withheld'],
  ])('%s', async (_, ...[state, who, outcome]) => {
    expect(await visited(state, who)).toEqual([outcome, [`${who} of abc`]])
  })

  test('but not a prefetch that has to come again', async () => {
    expect(await visited({ link: CAP }, 'prefetch')).toEqual(['later', []])
  })
})
