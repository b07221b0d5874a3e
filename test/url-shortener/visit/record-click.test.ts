import type { Click } from '../../../functions/url-shortener/domain/click.ts'
import { RECORD_CLICK_MS, recordClick, type SendClick } from '../../../functions/url-shortener/visit/record-click.ts'
import type { HashVisitor } from '../../../functions/url-shortener/visit/visitor-hash.ts'
import { fakeClock, settle } from '../../support/fake-clock.ts'
import { CAUSE } from '../a-link.ts'
import { aVisit, aVisitor, VISITORS, type Who } from './a-visit.ts'

const { signal } = new AbortController()
const LINK = { code: 'abc', tenant: 'acme' }
const forever = () => new Promise<never>(() => {})

/** Creates what records clicks, and returns what it sent and lost. */
function recorder({ send, hashVisitor }: { send?: SendClick; hashVisitor?: HashVisitor } = {}) {
  const clock = fakeClock()
  const sent: Click[] = []
  const lost: string[] = []
  const record = recordClick({
    send: send ?? (async (click) => void sent.push(click)),
    hashVisitor: hashVisitor ?? (async ({ network, userAgent }) => `${network} ${userAgent.length}`),
    now: clock.now,
    startTimer: clock.startTimer,
    count: (metric) => lost.push(metric),
  })
  return { clock, sent, lost, record: (visit = aVisit()) => record({ visit, link: LINK }, signal) }
}

/** @proves url-shortener/no-addresses-kept */
test('a click has what statistics need of a visit, and no address', async () => {
  const { clock, sent, record } = recorder({ hashVisitor: async () => 'a hash' })
  const headers = {
    ...VISITORS.person,
    referer: 'https://user:secret@News.Example:8443/a?b#c',
    'cloudfront-viewer-country': 'DE',
    'cloudfront-viewer-address': '198.51.100.10:46532',
  }
  const located = async () => aVisitor(headers, true)
  await record(aVisit('person', { located }))
  expect(sent).toEqual([
    {
      ...LINK,
      id: CAUSE.correlationId,
      at: clock.now(),
      isPrefetch: false,
      visitor: 'a hash',
      userAgent: VISITORS.person['user-agent'],
      referrer: 'news.example',
      country: 'DE',
    },
  ])
  expect(JSON.stringify(sent)).not.toContain('198.51')
})

test.each<[Who, boolean]>([
  ['person', false],
  ['bot', false],
  ['prefetch', true],
])('of a %s it says that it is a prefetch: %s', async (who, isPrefetch) => {
  const { sent, record } = recorder()
  await record(aVisit(who))
  expect(sent).toMatchObject([{ isPrefetch }])
})

test.each([
  undefined,
  'nonsense',
  'android-app://com.example',
  'data:text/html,x',
])('the referrer %s is none', async (referer) => {
  const { sent, record } = recorder()
  const located = async () => aVisitor({ ...VISITORS.person, ...(referer && { referer }) })
  await record(aVisit('person', { located }))
  expect(sent).toMatchObject([{ referrer: null }])
})

test('a User-Agent is cut, and has only characters that SQS accepts', async () => {
  const { sent, record } = recorder()
  const located = async () => aVisitor({ 'user-agent': `Ä\u0000\uFFFF${'x'.repeat(600)}` })
  await record(aVisit('person', { located }))
  expect(sent[0]?.userAgent).toBe(`???${'x'.repeat(497)}`)
})

test('a click whose visitor can’t be hashed is sent without the hash', async () => {
  const { sent, lost, record } = recorder({ hashVisitor: () => Promise.reject(new Error('down')) })
  await record()
  expect([sent[0]?.visitor, lost]).toEqual([null, []])
})

/** @proves url-shortener/redirect-not-delayed */
test('a click that can’t be sent is counted as lost, and the visit goes on', async () => {
  const { lost, record } = recorder({ send: () => Promise.reject(new Error('down')) })
  await record()
  expect(lost).toEqual(['ClicksLost'])
})

/** @proves url-shortener/redirect-not-delayed */
test.each(['send', 'hashVisitor'])('a visitor waits for %s no longer than 100 ms', async (step) => {
  const { clock, lost, record } = recorder({ [step]: forever })
  let isOver = false
  const recorded = record().then(() => {
    isOver = true
  })
  await clock.advance(RECORD_CLICK_MS - 1)
  expect(isOver).toBe(false)
  await clock.advance(1)
  await recorded
  expect([RECORD_CLICK_MS, lost, clock.pendingTimers()]).toEqual([100, ['ClicksLost'], 0])
})

test('a click that is late is not given up', async () => {
  let isAborted: boolean | undefined
  const late = Promise.withResolvers<void>()
  const { clock, lost, record } = recorder({
    async send(_, sending) {
      await late.promise
      isAborted = sending.aborted
    },
  })
  const recorded = record()
  await clock.advance(RECORD_CLICK_MS)
  await recorded
  late.resolve()
  await settle()
  expect([lost, isAborted]).toEqual([['ClicksLost'], false])
})
