import { randomUUID } from 'node:crypto'
import { type Job, jobError, newJob } from '../../../functions/url-shortener/domain/job.ts'
import { createJobStore } from '../../../functions/url-shortener/store/jobs.ts'
import { patientDynamoDB, setFunctionEnvironment } from '../../support/cloud.ts'
import { ownTable } from '../../support/own-table.ts'
import { NEW_JOB } from '../jobs-world.ts'

interface Progress {
  done: number
}

setFunctionEnvironment()
const client = patientDynamoDB()
const { signal } = new AbortController()
let tableName: string
beforeAll(async () => {
  tableName = await ownTable()
})
const jobs = () => createJobStore<Progress>({ client, tableName }, 'import')

async function aJob(): Promise<Job<Progress>> {
  const job = newJob({ ...NEW_JOB, id: randomUUID(), createdAt: Date.now() }, { done: 0 })
  await jobs().create(job, signal)
  return job
}

const running = (done: number) => ({ status: 'running', progress: { done }, progressedAt: 5000 + done }) as const

test('a job is read as it was stored, and creating it again changes nothing', async () => {
  const job = await aJob()
  expect(await jobs().read(job.id, signal)).toEqual(job)
  await jobs().takeOver(job.id, 1, signal)
  await jobs().create(job, signal)
  expect(await jobs().read(job.id, signal)).toEqual({ ...job, status: 'running' })
})

test('a job of another kind, or none, is not found', async () => {
  const { id } = await aJob()
  expect(await createJobStore({ client, tableName }, 'export').read(id, signal)).toBeUndefined()
  expect(await jobs().takeOver(randomUUID(), 1, signal)).toBeUndefined()
})

/** @proves url-shortener/late-steps-harmless */
test('after a takeover only the later holder may store progress', async () => {
  const { id } = await aJob()
  expect(await jobs().takeOver(id, 1, signal)).toMatchObject({ status: 'running', progress: { done: 0 } })
  expect(await jobs().save({ id, token: 1 }, running(1), signal)).toBe('saved')
  expect(await jobs().takeOver(id, 2, signal)).toMatchObject({ progress: { done: 1 } })
  expect(await jobs().save({ id, token: 1 }, running(2), signal)).toBe('superseded')
  expect(await jobs().takeOver(id, 1, signal)).toBeUndefined()
  expect(await jobs().save({ id, token: 2 }, running(3), signal)).toBe('saved')
  expect(await jobs().read(id, signal)).toMatchObject({ progress: { done: 3 }, progressedAt: 5003 })
})

test('a job that has ended is neither taken over nor changed', async () => {
  const { id } = await aJob()
  await jobs().takeOver(id, 1, signal)
  await jobs().save({ id, token: 1 }, { ...running(1), status: 'done' }, signal)
  expect(await jobs().takeOver(id, 2, signal)).toBeUndefined()
  expect(await jobs().save({ id, token: 1 }, running(2), signal)).toBe('superseded')
})

test('an end whose response was lost is saved, when it is sent again', async () => {
  const { id } = await aJob()
  await jobs().takeOver(id, 1, signal)
  const end = { ...running(1), status: 'done' } as const
  expect(await jobs().save({ id, token: 1 }, end, signal)).toBe('saved')
  expect(await jobs().save({ id, token: 1 }, end, signal)).toBe('saved')
})

test('a failure is stored with its reason', async () => {
  const { id } = await aJob()
  await jobs().takeOver(id, 1, signal)
  const failed = { ...running(0), status: 'failed', error: jobError('too-large') } as const
  await jobs().save({ id, token: 1 }, failed, signal)
  expect(await jobs().read(id, signal)).toMatchObject({ status: 'failed', error: jobError('too-large') })
})

test('an overdue job is ended only as it was read', async () => {
  const job = await aJob()
  await jobs().takeOver(job.id, 1, signal)
  expect(await jobs().end(job, jobError('upload-missing'), signal)).toBe('changed')
  const now = await jobs().read(job.id, signal)
  if (!now) throw new Error('There is no job.')
  expect(await jobs().end(now, jobError('timed-out'), signal)).toBe('ended')
  expect(await jobs().save({ id: job.id, token: 1 }, running(1), signal)).toBe('superseded')
})

test('of concurrent takeovers the one with the largest token holds the job', async () => {
  const { id } = await aJob()
  await Promise.all([1, 2, 3, 4, 5].map((token) => jobs().takeOver(id, token, signal)))
  const outcomes = await Promise.all([1, 2, 3, 4, 5].map((token) => jobs().save({ id, token }, running(token), signal)))
  expect(outcomes).toEqual(['superseded', 'superseded', 'superseded', 'superseded', 'saved'])
})
