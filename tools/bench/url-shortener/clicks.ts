import { randomBytes, randomUUID } from 'node:crypto'
import { startTimer } from '../../../functions/shared/resilience/timer.ts'
import { countClicks } from '../../../functions/url-shortener/clicks/count-clicks.ts'
import type { Click } from '../../../functions/url-shortener/domain/click.ts'
import { createSketch } from '../../../functions/url-shortener/domain/hyper-log-log.ts'
import { createCountStore } from '../../../functions/url-shortener/store/click-counts.ts'
import { PRICE_LIST, priceOf } from '../../cost/price-list.ts'
import { onOwnCloud } from '../../local-cloud/own-cloud.ts'
import { table, writeSection } from '../../support/document.ts'
import { step } from '../../support/progress.ts'
import type { LocalCloud } from '../../support/settings.ts'
import { meteredTable } from './metered-table.ts'

/** Clicks as they arrive: so many in a batch, all within the time for which a batch gathers, of so many links. */
const ARRIVALS = [
  { title: 'one link', links: 1, perBatch: 1000, batches: 20 },
  { title: '10 links', links: 10, perBatch: 1000, batches: 20 },
  { title: '100 links', links: 100, perBatch: 1000, batches: 10 },
  { title: '1,000 links, each once', links: 1000, perBatch: 1000, batches: 3 },
  { title: '20 links, each once', links: 20, perBatch: 20, batches: 20 },
  { title: 'one link, once', links: 1, perBatch: 1, batches: 30 },
]

const GATHERED_MS = 20_000
const USER_AGENT = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0'
const CAUSE = { correlationId: 'bench', causationId: null, traceparent: '00-0-0-00' }

/** Measures what counting clicks takes, and how far the estimates of visitors are from their number. */
export async function benchClicks(): Promise<void> {
  writeSection('visitors', await step('Counting visitors', async () => visitorsTable()))
  await onOwnCloud({ auth: false, stacks: ['UrlShortener'] }, async (cloud) => {
    writeSection('clicks', await step('Counting clicks', () => measureCounting(cloud)))
  })
}

async function measureCounting(cloud: LocalCloud): Promise<string> {
  const { client, tableName, use } = await meteredTable(cloud)
  const count = countClicks({
    ...createCountStore({ client, tableName, random: Math.random, newToken: randomUUID }),
    sendLater: async () => {},
    now: Date.now,
    random: Math.random,
    startTimer,
    onFailure(error) {
      throw error
    },
  })
  const rows: string[][] = []
  for (const arrival of ARRIVALS) {
    const batches = batchesOf(arrival)
    Object.assign(use, { read: 0, write: 0, calls: 0 })
    const start = performance.now()
    let counted = 0
    for (const batch of batches) counted += (await count(batch, CAUSE, AbortSignal.timeout(300_000))).counted
    const seconds = (performance.now() - start) / 1000
    if (counted !== arrival.batches * arrival.perBatch) throw new Error(`${counted} clicks were counted.`)
    const [read, write] = [use.read / counted, use.write / counted]
    const usd = { queue: queueOf(arrival), lambda: lambdaOf(arrival, use.calls / arrival.batches) }
    const dynamodb = read * priceOf('readMillion').usd + write * priceOf('writeMillion').usd
    const prices = [usd.queue, usd.lambda, dynamodb, usd.queue + usd.lambda + dynamodb].map(
      (sum) => `$${sum.toFixed(2)}`,
    )
    const speed = Math.round(counted / seconds).toLocaleString('en')
    rows.push([arrival.title, String(arrival.perBatch), speed, read.toFixed(3), write.toFixed(3), ...prices])
  }
  const head = [
    'clicks of',
    'in a batch',
    'a second',
    'read units',
    'write units',
    'queue',
    'Lambda',
    'DynamoDB',
    'sum',
  ]
  return table(head, rows)
}

/** Returns the price of the queue for a million clicks: each is sent, and received and deleted with up to nine others. */
function queueOf({ perBatch }: (typeof ARRIVALS)[number]): number {
  return (1 + 2 / Math.min(perBatch, 10)) * priceOf('sqsMillion').usd
}

/** The memory of the function in GB, and its assumed time for a batch and for each click, in milliseconds. */
const [MEMORY, BATCH_MS, CLICK_MS] = [1, 10, 0.2]

/** Returns the price of the function for a million clicks. */
function lambdaOf({ perBatch }: (typeof ARRIVALS)[number], calls: number): number {
  const ms = BATCH_MS + CLICK_MS * perBatch + PRICE_LIST.assumed.callMs * calls
  const batch = priceOf('lambdaMillion').usd / 1e6 + (ms / 1000) * MEMORY * priceOf('lambdaGigabyteSecond').usd
  return (batch * 1e6) / perBatch
}

function batchesOf({ links, perBatch, batches }: (typeof ARRIVALS)[number]): Click[][] {
  const run = randomUUID()
  const start = Date.now()
  return Array.from({ length: batches }, (_, batch) =>
    Array.from({ length: perBatch }, (_, index) => ({
      id: `${run}-${batch}-${index}`,
      code: `${run}-${index % links}`,
      tenant: run,
      at: start + batch * GATHERED_MS + Math.floor((index / perBatch) * GATHERED_MS),
      isPrefetch: false,
      visitor: randomBytes(8).toString('base64url'),
      userAgent: USER_AGENT,
      referrer: 'news.example',
      country: 'DE',
    })),
  )
}

const VISITORS = [100, 1000, 10_000, 100_000, 1_000_000]
const MAX_HASHES = 4_000_000
const MAX_SETS = 400

function visitorsTable(): string {
  const rows = VISITORS.map((visitors) => {
    const sets = Math.min(MAX_SETS, MAX_HASHES / visitors)
    const errors = Array.from({ length: sets }, () => errorOf(visitors))
    const percent = (share: number) => `${(100 * share).toFixed(2)} %`
    const mean = errors.reduce((sum, error) => sum + error, 0) / sets
    const rootMeanSquare = Math.sqrt(errors.reduce((sum, error) => sum + error ** 2, 0) / sets)
    const largest = Math.max(...errors.map(Math.abs))
    return [visitors.toLocaleString('en'), String(sets), percent(mean), percent(rootMeanSquare), percent(largest)]
  })
  return table(['visitors', 'sets', 'mean error', 'root mean square', 'largest'], rows)
}

/** Returns the relative error of the estimate for a set of random hashes. */
function errorOf(visitors: number): number {
  const sketch = createSketch()
  const hashes = randomBytes(8 * visitors)
  for (let at = 0; at < hashes.length; at += 8) sketch.add(hashes.subarray(at, at + 8))
  return sketch.estimate() / visitors - 1
}
