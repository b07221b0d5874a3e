import { randomUUID } from 'node:crypto'
import { Readable } from 'node:stream'
import { setTimeout as pause } from 'node:timers/promises'
import type { Table } from '../../../functions/shared/data/table.ts'
import { newJob } from '../../../functions/url-shortener/domain/job.ts'
import {
  type ImportProgress,
  importLinks,
  NOTHING_IMPORTED,
} from '../../../functions/url-shortener/import/import-links.ts'
import { rowCreator } from '../../../functions/url-shortener/manage/create-one.ts'
import { createJobStore } from '../../../functions/url-shortener/store/jobs.ts'
import { createLinkStore } from '../../../functions/url-shortener/store/link-store.ts'
import { priceOf } from '../../cost/price-list.ts'
import { signToken } from '../../local-cloud/issuer.ts'
import { onOwnCloud } from '../../local-cloud/own-cloud.ts'
import { table, writeSection } from '../../support/document.ts'
import { step } from '../../support/progress.ts'
import type { LocalCloud } from '../../support/settings.ts'
import type { Ask } from '../events-case.ts'
import { askerOf } from '../events-writers.ts'
import { median, sampleInTurns } from '../measure.ts'
import { moved, putAll, putBatches, recorder } from './bare-writes.ts'
import { type MeteredTable, meteredTable, type Use } from './metered-table.ts'

const ROWS = 500
const ROUNDS = 5

/** Files that go through the deployed functions, and their rows. */
const [JOB_ROUNDS, JOB_ROWS, POLL_MS] = [3, 1000, 100]

const HEADER = 'url,alias,title,tags,expires_at'

interface Kind {
  readonly title: string
  /** Returns a row of the file: `run` makes it new. */
  readonly row: (run: string, n: number) => string
  /** True if the links are there already, because an import was killed before it stored its progress. */
  readonly isRepeat?: boolean
}

const withAlias: Kind['row'] = (run, n) => `https://example.com/${n},${run}-${n},A page,sale|new,`

const KINDS: readonly Kind[] = [
  { title: 'with an alias', row: withAlias },
  { title: 'without an alias', row: (run, n) => `https://example.com/${run}/${n},,A page,sale|new,` },
  { title: 'with an alias and an end', row: (run, n) => `${withAlias(run, n)}2099-01-01T00:00:00Z` },
  { title: 'with an alias, again after a crash', row: withAlias, isRepeat: true },
]

const CAUSE = { correlationId: 'bench', causationId: null, traceparent: '00-0-0-00' }
const LIMIT_MS = 120_000

/** Measures how fast an import creates links, and what DynamoDB charges, beside bare writes of the same items. */
export async function benchImports(): Promise<void> {
  await onOwnCloud({ auth: false, stacks: ['UrlShortener'] }, async (cloud, { stacks }) => {
    const steps = await step('Importing rows', () => measureSteps(cloud))
    const { apiUrl = '' } = stacks.UrlShortener ?? {}
    const token = await signToken(cloud, { sub: 'bench', tenant: 'bench', scope: 'links:write' })
    const job = await step('Importing files', () => measureJobs(apiUrl, token))
    writeSection('imports', `${steps}\n\n${job}`)
  })
}

interface Sample {
  /** Rows a second. */
  readonly imported: number
  readonly put: number
  readonly batched: number
  /** Units and calls a row. */
  readonly use: Use
}

async function measureSteps(cloud: LocalCloud): Promise<string> {
  const metered = await meteredTable(cloud)
  const taken = await sampleInTurns<Kind, Sample>(KINDS, ROUNDS, (kind) => sample(metered, kind))
  const rows = taken.map(({ subject: { title }, samples }) => {
    const middle = (of: (sample: Sample) => number) => median(samples.map(of))
    const [read, write] = [middle(({ use }) => use.read), middle(({ use }) => use.write)]
    const usd = read * priceOf('readMillion').usd + write * priceOf('writeMillion').usd
    return [
      title,
      middle(({ imported }) => imported).toFixed(0),
      `${middle(({ imported, put }) => imported / put).toFixed(2)} x`,
      `${middle(({ imported, batched }) => imported / batched).toFixed(2)} x`,
      read.toFixed(2),
      write.toFixed(2),
      `$${usd.toFixed(2)}`,
    ]
  })
  const head = ['rows', 'a second', 'of bare puts', 'of batches', 'read units', 'write units', 'DynamoDB, a million']
  return table(head, rows)
}

/** Imports rows, and then writes the items that it wrote again, under other keys and without conditions. */
async function sample(metered: MeteredTable, { row, isRepeat = false }: Kind): Promise<Sample> {
  const run = randomUUID().slice(0, 8)
  const lines = Array.from({ length: ROWS }, (_, n) => row(run, n))
  const file = Buffer.from([HEADER, ...lines].join('\n'))
  const { items, client } = recorder(metered.client)
  const job = { id: randomUUID(), file }
  // The first time has created the links, and stored no progress.
  if (isRepeat) await importFile({ ...metered, client }, { ...job, isKilled: true })
  const begun = items.length
  const { use } = metered
  Object.assign(use, { read: 0, write: 0, calls: 0 })
  const imported = await rowsASecond(() => importFile({ ...metered, client }, job))
  const used = { read: use.read / ROWS, write: use.write / ROWS, calls: use.calls / ROWS }
  const same = isRepeat ? items.slice(0, begun) : items
  const bare = { client: metered.bare, tableName: metered.tableName }
  const put = await rowsASecond(() => putAll(bare, moved(same)))
  const batched = await rowsASecond(() => putBatches(bare, moved(same)))
  return { imported, put, batched, use: used }
}

async function rowsASecond(work: () => Promise<void>): Promise<number> {
  const begun = performance.now()
  await work()
  return (ROWS * 1000) / (performance.now() - begun)
}

interface File {
  readonly id: string
  readonly file: Buffer
  /** True if the progress is not stored, as if the function were killed before. @default false */
  readonly isKilled?: boolean
}

/** Does the steps of an import, without its queue and its lease. */
async function importFile({ client, tableName }: Table, { id, file, isKilled = false }: File): Promise<void> {
  const signal = AbortSignal.timeout(LIMIT_MS)
  const options = { client, tableName, random: Math.random, newToken: randomUUID }
  const store = createJobStore<ImportProgress>(options, 'import')
  const jobs = isKilled ? { ...store, save: async () => 'saved' as const } : store
  const created = { insert: createLinkStore(options).insert, ownUrls: ['https://short.example'], now: Date.now }
  const createLink = rowCreator({ ...created, count() {} })
  const made = { id, tenant: `bench-${id}`, createdBy: 'bench', createdAt: Date.now(), cause: CAUSE }
  await store.create(newJob(made, NOTHING_IMPORTED), signal)
  const readFile = async () => ({ body: Readable.from([file]), etag: 'bench', size: file.length, type: 'text/csv' })
  const run = importLinks({ jobs, readFile, createLink, now: Date.now })
  await run({ id, token: 1, until: Number.POSITIVE_INFINITY }, signal)
  const { progress } = (await store.read(id, signal)) ?? {}
  if (!isKilled && progress?.done !== ROWS) throw new Error(`The import ended with ${JSON.stringify(progress)}.`)
}

/** Imports files through the deployed functions, and returns a sentence about the time from upload to `done`. */
async function measureJobs(apiUrl: string, token: string): Promise<string> {
  const ask = askerOf(apiUrl, token)
  const times: number[] = []
  for (let round = 0; round < JOB_ROUNDS; round++) {
    const { jobId, uploadUrl } = (await ask('POST', '/v1/imports', {})) as { jobId: string; uploadUrl: string }
    const run = randomUUID().slice(0, 8)
    const lines = Array.from({ length: JOB_ROWS }, (_, n) => `https://example.com/${n},${run}-${n}`)
    const begun = performance.now()
    await fetch(uploadUrl, { method: 'PUT', body: ['url,alias', ...lines].join('\n') })
    await ended(ask, jobId)
    times.push((performance.now() - begun) / 1000)
  }
  const rows = JOB_ROWS.toLocaleString('en')
  const seconds = times.map((each) => each.toFixed(1)).join(', ')
  return `Files of ${rows} rows with an alias, through the deployed functions: ${seconds} s from the upload to \`done\`.`
}

async function ended(ask: Ask, jobId: string): Promise<void> {
  const deadline = performance.now() + LIMIT_MS
  while (performance.now() < deadline) {
    const { status, done } = (await ask('GET', `/v1/imports/${jobId}`)) as { status: string; done: number }
    if (status === 'done' && done === JOB_ROWS) return
    if (status !== 'waiting' && status !== 'running') throw new Error(`The import is ${status} with ${done} rows.`)
    await pause(POLL_MS)
  }
  throw new Error(`The import did not end within ${LIMIT_MS} ms.`)
}
