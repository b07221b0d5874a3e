import { toChunks } from '../../../functions/url-shortener/clicks/chunks.ts'
import type { ClickMessage } from '../../../functions/url-shortener/clicks/message.ts'
import { type LinkTotal, planCounts } from '../../../functions/url-shortener/clicks/plan-counts.ts'
import { aClick } from './a-click.ts'

const NOW = 1_000_000
const DUE: ClickMessage = { due: { code: 'abc', tenant: 'acme' } }

/** Plans the only chunk of some messages after a total was stored, and returns the change of that total. */
function totalOf(messages: ClickMessage[], total?: Partial<LinkTotal>) {
  const [chunk] = toChunks(messages)
  if (!chunk) throw new Error('There are no messages')
  const stored = { clicks: 0, published: 0, publishedAt: 0, dueAt: 0, ...total }
  const found = { slots: new Map(), days: new Map(), totals: new Map(total ? [['abc', stored]] : []) }
  return planCounts(chunk, found, NOW).totals
}
const change = { code: 'abc', tenant: 'acme' }

describe('a link has an event a minute', () => {
  test('at once if there was none in the last minute', () => {
    expect(totalOf([aClick(1)])).toEqual([{ ...change, clicks: 1, event: { published: 0 } }])
    const total = { clicks: 5, published: 5, publishedAt: NOW - 60_000 }
    expect(totalOf([aClick(1)], total)).toEqual([{ ...change, clicks: 1, event: { published: 5 } }])
  })

  test('otherwise when the minute is over, for which one message is sent', () => {
    const total = { clicks: 5, published: 5, publishedAt: NOW - 59_999 }
    expect(totalOf([aClick(1)], total)).toEqual([{ ...change, clicks: 1, dueAt: NOW + 1 }])
    expect(totalOf([aClick(1)], { ...total, dueAt: NOW + 1 })).toEqual([
      { ...change, clicks: 1, awaited: { published: 5 } },
    ])
  })

  test('for which another message is sent if the first was answered by a function whose clock is ahead', () => {
    const total = { clicks: 5, published: 5, publishedAt: NOW + 1, dueAt: NOW + 1 }
    expect(totalOf([aClick(1)], total)).toEqual([{ ...change, clicks: 1, dueAt: NOW + 60_001 }])
  })

  test('which the message asks for, and another one if it came too early', () => {
    const total = { clicks: 6, published: 5, publishedAt: NOW - 60_000 }
    expect(totalOf([DUE], total)).toEqual([{ ...change, clicks: 0, event: { published: 5 } }])
    const early = { ...total, publishedAt: NOW - 59_000, dueAt: NOW + 1000 }
    expect(totalOf([DUE], early)).toEqual([{ ...change, clicks: 0, dueAt: NOW + 1000 }])
  })

  test('but none if all clicks were published, and none of bots', () => {
    expect(totalOf([DUE], { clicks: 5, published: 5 })).toEqual([])
    expect(totalOf([aClick(1, { isPrefetch: true })])).toEqual([])
  })
})

test('a click that comes twice in a batch counts once', () => {
  expect(totalOf([aClick(1), aClick(2), aClick(1)])).toEqual([{ ...change, clicks: 2, event: { published: 0 } }])
})
