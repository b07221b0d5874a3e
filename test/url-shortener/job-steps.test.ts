import { jobOf } from '../../functions/url-shortener/domain/job-files.ts'
import {
  type JobStepsDeps,
  MESSAGE_MS,
  readMessage,
  runJobStep,
  STEP_MS,
} from '../../functions/url-shortener/job-steps.ts'

const { signal } = new AbortController()
const FILE = 'imports/job-123456789.csv'

function stepping({ held, outcome = 'ended' }: { held?: number; outcome?: 'ended' | 'to-be-continued' } = {}) {
  const events: unknown[] = []
  const step = (kind: string) => async (asked: object) => {
    events.push([kind, asked])
    return outcome
  }
  const lock: JobStepsDeps['lock'] = async (name, work, inner) => {
    if (held !== undefined) return { outcome: 'held', retryAfterMs: held }
    const value = await work({ name, token: 7 }, inner)
    events.push(['released', name])
    return { outcome: 'done', value }
  }
  const run = runJobStep({
    lock,
    steps: { import: step('import'), export: step('export') },
    send: async (message, { delayMs }) => {
      events.push(['sent', message, delayMs])
    },
    now: () => 1000,
  })
  return { run, events }
}

test('a step runs under the lock of its file, with the lease’s token and its own time', async () => {
  const { run, events } = stepping()
  expect(await run({ file: FILE }, signal)).toBe('ended')
  expect(events).toEqual([
    ['import', { id: 'job-123456789', token: 7, until: 1000 + STEP_MS }],
    ['released', FILE],
  ])
})

test('a job that goes on gets its next message once the lock is free', async () => {
  const { run, events } = stepping({ outcome: 'to-be-continued' })
  expect(await run({ file: 'exports/job-123456789.csv' }, signal)).toBe('to-be-continued')
  expect(events.slice(1)).toEqual([
    ['released', 'exports/job-123456789.csv'],
    ['sent', { file: 'exports/job-123456789.csv' }, undefined],
  ])
})

test('a message that finds the job locked comes again when the lease ends, because its holder may be dead', async () => {
  const { run, events } = stepping({ held: 12_000 })
  expect(await run({ file: FILE }, signal)).toBe('held')
  expect(events).toEqual([['sent', { file: FILE }, 12_000]])
})

test('what a step has begun has time to end', () => {
  expect(MESSAGE_MS - STEP_MS).toBeGreaterThanOrEqual(9000)
})

test.each([
  null,
  {},
  { file: 7 },
  { file: 'imports/../secret.csv' },
  { file: 'other/job-123456789.csv' },
  { file: 'imports/x.csv' },
])('%j is no message of a job', (body) => {
  expect(() => readMessage(body)).toThrow('names no file')
})

test('a file names its job', () => {
  expect(jobOf(FILE)).toEqual({ kind: 'import', id: 'job-123456789' })
  expect(readMessage({ file: FILE, more: 1 })).toEqual({ file: FILE })
})
