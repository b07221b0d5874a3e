import { cpus, loadavg } from 'node:os'
import { setTimeout as pause } from 'node:timers/promises'
import { SQSClient } from '@aws-sdk/client-sqs'
import { inParallel } from '../../../functions/shared/queue/lanes.ts'
import { signToken } from '../../local-cloud/issuer.ts'
import { onOwnCloud } from '../../local-cloud/own-cloud.ts'
import { table, writeSection } from '../../support/document.ts'
import { step } from '../../support/progress.ts'
import { clientConfig, type LocalCloud } from '../../support/settings.ts'
import { UserError } from '../../support/user-error.ts'
import type { Ask } from '../events-case.ts'
import { percentile } from '../events-figures.ts'
import { askerOf } from '../events-writers.ts'
import { passThroughQueue } from './bare-queue.ts'

/** Recipients of the bulk, and of each of its requests; requests at a time. */
const [BULK, RECIPIENTS, REQUESTS] = [2000, 50, 2]

/** Critical notifications of each phase, and the pause between two of them. */
const [CRITICAL, GAP_MS] = [40, 200]

/** The time in which everything must be sent, and the pause between two looks. */
const [TIMEOUT_MS, POLL_MS] = [600_000, 500]

const PERCENTILES = [50, 90, 99]
const SCOPE = 'notify:send notify:manage notify:admin'

/** The wait of critical notifications, from their acceptance to the call of the provider. */
interface Waits {
  readonly title: string
  readonly ms: readonly number[]
  /** Bulk messages that waited in their queue when the first critical one was sent, and after the last. */
  readonly bulk: readonly [number, number]
}

interface Figures {
  readonly waits: readonly Waits[]
  /** Notifications of the bulk a second, from its first request until its queue was empty. */
  readonly perSecond: number
  /** Messages a second through a bare queue of SQS, before and after. */
  readonly barePerSecond: number
}

/**
 * Measures how long critical notifications wait alone, and while a bulk waits, and how fast the bulk is sent; writes
 * the results into docs/benchmarks.md.
 *
 * @throws UserError when no bulk waited: then the two phases show the same; the page is written all the same.
 */
export async function benchUrgency(): Promise<void> {
  const figures = await onOwnCloud({ auth: false, stacks: ['Notification'] }, async (cloud, { stacks }) => {
    const token = await signToken(cloud, { sub: 'bench', tenant: 'bench', scope: SCOPE })
    return measure(cloud, askerOf(stacks.Notification?.apiUrl ?? '', token))
  })
  writeSection('urgency', tablesOf(figures))
  if (figures.waits.some(({ title, bulk }) => title !== ALONE && Math.min(...bulk) === 0))
    throw new UserError('The bulk was sent before the last critical notification: it waited for nothing.')
}

const [ALONE, BESIDE] = ['alone', 'while a bulk waits']

async function measure(cloud: LocalCloud, ask: Ask): Promise<Figures> {
  const definition = { channels: ['email'], onUncertain: 'retry' }
  for (const category of ['news', 'alarms']) await ask('PUT', `/v1/categories/${category}`, definition)
  const sqs = new SQSClient(clientConfig(cloud))
  const bare = () => step('Passing as many messages through a bare queue', () => passThroughQueue(sqs, BULK))
  try {
    await step('Warming up', () => waitsOf(ask, 'warm'))
    const before = await bare()
    const alone = await step(`Sending ${CRITICAL} critical notifications alone`, () => waitsOf(ask, ALONE))
    const begun = performance.now()
    await step(`Accepting a bulk of ${BULK}`, () => acceptBulk(ask))
    await step('Waiting until its first message waits in its queue', () => untilBulkWaits(ask))
    const beside = await step(`Sending ${CRITICAL} critical notifications beside it`, () => waitsOf(ask, BESIDE))
    await step('Waiting until the bulk is sent', () => untilSent(ask))
    const perSecond = (BULK * 1000) / (performance.now() - begun)
    const after = await bare()
    return { waits: [alone, beside], perSecond, barePerSecond: (before + after) / 2 }
  } finally {
    sqs.destroy()
  }
}

async function acceptBulk(ask: Ask): Promise<void> {
  const errors: unknown[] = []
  await inParallel([...Array(BULK / RECIPIENTS).keys()], REQUESTS, async (request) => {
    const recipients = Array.from({ length: RECIPIENTS }, (_, index) => ({
      to: { email: `reader-${request * RECIPIENTS + index}@example.com` },
    }))
    const content = { subject: 'News', text: 'x'.repeat(200) }
    const body = { category: 'news', priority: 'bulk', content, recipients }
    await ask('POST', '/v1/notifications/bulk', body).catch((error) => errors.push(error))
  })
  if (errors.length > 0) throw errors[0]
}

async function untilBulkWaits(ask: Ask): Promise<void> {
  const end = performance.now() + TIMEOUT_MS
  while ((await bulkWaiting(ask)) === 0) {
    if (performance.now() > end) throw new Error('No bulk waited in time.')
    await pause(POLL_MS)
  }
}

/** Sends critical notifications one after the other, and reads when the provider got each. */
async function waitsOf(ask: Ask, title: string): Promise<Waits> {
  const addressOf = (index: number) => `on-call-${index}-${title.replaceAll(' ', '-')}@example.com`
  const before = await bulkWaiting(ask)
  const ids: string[] = []
  for (let index = 0; index < CRITICAL; index++) {
    const content = { subject: 'Alarm', text: 'Disk full' }
    const body = { to: { email: addressOf(index) }, category: 'alarms', priority: 'critical', content }
    ids.push(((await ask('POST', '/v1/notifications', body)) as { id: string }).id)
    await pause(GAP_MS)
  }
  const after = await bulkWaiting(ask)
  const ms: number[] = []
  for (const [index, id] of ids.entries())
    ms.push((await providerCall(ask, addressOf(index))) - (await acceptance(ask, id)))
  return { title, ms, bulk: [before, after] }
}

async function acceptance(ask: Ask, id: string): Promise<number> {
  const { createdAt } = (await ask('GET', `/v1/notifications/${id}`)) as { createdAt: string }
  return Date.parse(createdAt)
}

async function providerCall(ask: Ask, address: string): Promise<number> {
  const end = performance.now() + TIMEOUT_MS
  for (;;) {
    const path = `/v1/test/outbox?to=${encodeURIComponent(address)}`
    const { items } = (await ask('GET', path)) as { items: { at: string }[] }
    if (items[0]) return Date.parse(items[0].at)
    if (performance.now() > end) throw new Error(`${address} got nothing in time.`)
    await pause(POLL_MS)
  }
}

async function bulkWaiting(ask: Ask): Promise<number> {
  const { items } = (await ask('GET', '/v1/admin/queues')) as { items: Record<string, unknown>[] }
  const bulk = items.find(({ name }) => name === 'bulk')
  return Number(bulk?.waiting) + Number(bulk?.inFlight) + Number(bulk?.delayed)
}

/** Waits until the last notification of the bulk has been sent. */
async function untilSent(ask: Ask): Promise<void> {
  const end = performance.now() + TIMEOUT_MS
  while ((await bulkWaiting(ask)) > 0) {
    if (performance.now() > end) throw new Error('The bulk was not sent in time.')
    await pause(POLL_MS)
  }
  for (const status of ['accepted', 'queued', 'sending']) {
    const path = `/v1/notifications?category=news&status=${status}&limit=1`
    while (((await ask('GET', path)) as { items: unknown[] }).items.length > 0) {
      if (performance.now() > end) throw new Error(`Some of the bulk are still ${status}.`)
      await pause(POLL_MS)
    }
  }
}

function tablesOf({ waits, perSecond, barePerSecond }: Figures): string {
  const [alone] = waits
  const p99 = (ms: readonly number[]) => percentile(ms, 99)
  const rows = waits.map(({ title, ms, bulk: [before, after] }) => [
    title,
    ...PERCENTILES.map((percent) => percentile(ms, percent).toFixed(0)),
    `${(p99(ms) / p99(alone?.ms ?? [])).toFixed(2)} x`,
    `${before} to ${after}`,
  ])
  const header = [`${CRITICAL} critical`, ...PERCENTILES.map((p) => `p${p}, ms`), 'p99 of alone', 'bulk waiting']
  const rates = [
    ['a bare queue of SQS', barePerSecond.toFixed(0), '1.00 x'],
    [`a bulk of ${BULK} to the outbox`, perSecond.toFixed(0), `${(perSecond / barePerSecond).toFixed(2)} x`],
  ]
  const load = `Measured with ${cpus().length} cores and a load of ${loadavg()[1]?.toFixed(0)} from all work on the machine.`
  return [table(header, rows), table(['throughput', 'a second', 'of bare'], rates), load].join('\n\n')
}
