import type { Block } from '../../../functions/url-shortener/moderate/block-link.ts'
import {
  type BlockTarget,
  type CheckTargetDeps,
  checkTarget,
} from '../../../functions/url-shortener/moderate/check-target.ts'
import { CAUSE } from '../a-link.ts'

const EVENT = {
  id: 'event-1',
  tenant: 'acme',
  subject: 'abc',
  data: { url: 'https://bad.example/', changed: ['url', 'title'] },
}
const { signal } = new AbortController()

/** Builds the use case over a list that has `threat` against every target. */
function checker(threat: { reason: string } | undefined, more: Partial<CheckTargetDeps> = {}) {
  const blocks: { target: Parameters<BlockTarget>[0]; block: Block }[] = []
  const check = checkTarget({
    findThreat: async (url) => {
      expect(url).toBe(EVENT.data.url)
      return threat
    },
    readDetails: async () => {
      throw new Error('Unexpected call.')
    },
    block: async (target, block) => {
      blocks.push({ target, block })
      return 'blocked'
    },
    newOperationId: () => 'operation-1',
    now: () => Date.UTC(2026, 2, 13, 8),
    ...more,
  })
  return {
    check: (changed = EVENT.data.changed) => check({ ...EVENT, data: { ...EVENT.data, changed } }, CAUSE, signal),
    blocks,
  }
}

test('a harmless target has no consequence', async () => {
  const { check, blocks } = checker(undefined)
  expect(await check()).toBe('harmless')
  expect(blocks).toEqual([])
})

test('a harmful target blocks its link, once per event, and without an author', async () => {
  const { check, blocks } = checker({ reason: 'Phishing.' })
  expect(await check()).toBe('blocked')
  expect(blocks).toEqual([
    {
      target: { eventId: 'event-1', tenant: 'acme', code: 'abc', url: 'https://bad.example/', fields: ['url'] },
      block: {
        operationId: 'operation-1',
        reason: 'Phishing.',
        blockedAt: '2026-03-13T08:00:00.000Z',
        blockedBy: null,
        cause: CAUSE,
      },
    },
  ])
})

test('a reason is at most as long as an administrator’s may be', async () => {
  const { check, blocks } = checker({ reason: 'x'.repeat(501) })
  await check()
  expect(blocks[0]?.block.reason).toHaveLength(500)
})

test.each(['left', 'noted'] as const)('the result of the store is returned: %s', async (outcome) => {
  expect(await checker({ reason: 'Spam.' }, { block: async () => outcome }).check()).toBe(outcome)
})

test('a list that can’t be read fails the check, so that it is retried', async () => {
  const failure = new Error('down')
  await expect(checker(undefined, { findThreat: () => Promise.reject(failure) }).check()).rejects.toBe(failure)
})

describe('the targets of a change', () => {
  const DETAILS = {
    expiredUrl: 'https://after.example/',
    rules: [
      { if: { device: 'ios' as const }, url: 'https://ios.example/' },
      { if: { language: 'de' }, url: 'https://de.example/' },
    ],
    passwordHash: null,
  }
  const checkedOf = async (changed: string[], bad = 'none') => {
    const checked: string[] = []
    const { blocks } = checker(undefined)
    const check = checkTarget({
      findThreat: async (url) => {
        checked.push(url)
        return url === bad ? { reason: 'Spam.' } : undefined
      },
      readDetails: async () => DETAILS,
      block: async (target, block) => {
        blocks.push({ target, block })
        return 'blocked'
      },
      newOperationId: () => 'operation-1',
      now: () => 0,
    })
    const outcome = await check({ ...EVENT, data: { ...EVENT.data, changed } }, CAUSE, signal)
    return { outcome, checked, blocked: blocks.map(({ target }) => [target.url, target.fields]) }
  }

  test.each([
    { changed: ['url'], checked: ['https://bad.example/'] },
    { changed: ['expiredUrl'], checked: ['https://after.example/'] },
    { changed: ['status', 'rules'], checked: ['https://ios.example/', 'https://de.example/'] },
    {
      changed: ['url', 'expiredUrl', 'rules'],
      checked: ['https://bad.example/', 'https://after.example/', 'https://ios.example/', 'https://de.example/'],
    },
  ])('of $changed are checked, and nothing else', async ({ changed, checked }) => {
    expect(await checkedOf(changed)).toEqual({ outcome: 'harmless', checked, blocked: [] })
  })

  /** Checks a change whose targets are all harmful, of a link that leads to only some of them by now. */
  const checkedLater = async (present: string[], outcome: 'blocked' | 'noted' = 'blocked') => {
    const tried: string[] = []
    const { check } = checker(undefined, {
      findThreat: async (url) => ({ reason: `Denied: ${url}` }),
      readDetails: async () => DETAILS,
      block: async ({ eventId, url }, { reason }) => {
        expect([eventId, reason]).toEqual(['event-1', `Denied: ${url}`])
        tried.push(url)
        return present.includes(url) ? outcome : 'left'
      },
    })
    return { outcome: await check(['url', 'expiredUrl', 'rules']), tried }
  }

  /** @proves url-shortener/denied-targets-blocked */
  test.each([
    'blocked',
    'noted',
  ] as const)('a harmful target that was replaced since does not hide another one, for which the link is %s', async (outcome) => {
    const [url, expiredUrl, first, second] = [
      EVENT.data.url,
      DETAILS.expiredUrl,
      ...DETAILS.rules.map((rule) => rule.url),
    ]
    expect(await checkedLater([expiredUrl, `${first}`], outcome)).toEqual({ outcome, tried: [url, expiredUrl] })
    expect(await checkedLater([`${second}`], outcome)).toEqual({ outcome, tried: [url, expiredUrl, first, second] })
  })

  test('harmful targets that were all replaced since leave the link as it is', async () => {
    expect(await checkedLater([])).toMatchObject({ outcome: 'left', tried: { length: 4 } })
  })

  test('one harmful target of many blocks the link, and is named, with the fields that were checked', async () => {
    const { outcome, blocked } = await checkedOf(['title', 'rules', 'url'], 'https://de.example/')
    expect([outcome, blocked]).toEqual(['blocked', [['https://de.example/', ['url', 'rules']]]])
  })
})
