import type { Ask } from '../events-case.ts'
import type { Visit, VisitsCase } from '../visits-case.ts'

/** Nobody reaches these limits. */
const FIXED = { algorithm: 'fixed-window', limit: 1_000_000_000, windowMs: 86_400_000 }
const FIVE = ['five-1', 'five-2', 'five-3', 'five-4', 'five-5']

const POLICIES: Record<string, object> = {
  fixed: FIXED,
  sliding: { ...FIXED, algorithm: 'sliding-window' },
  bucket: { ...FIXED, algorithm: 'token-bucket', limit: 1_000_000, burst: 900_000 },
  organisations: FIXED,
  users: { ...FIXED, parent: { policy: 'organisations', subjectPrefix: 'org:' } },
  sharded: { ...FIXED, shards: 8 },
  ...Object.fromEntries(FIVE.map((name) => [name, FIXED])),
  once: { algorithm: 'fixed-window', limit: 1, calendar: 'month' },
}

/** So many that an environment has forgotten a denial, after a second, before its subject comes again. */
const SUBJECTS = 1000
/** The most checks in one request. */
const BATCH = 20

export const decisions: VisitsCase = {
  stack: 'RateLimiter',
  scope: 'limits:check limits:admin',
  routeKey: 'POST /v1/check',
  needsToken: true,
  async prepare(ask) {
    for (const [name, policy] of Object.entries(POLICIES)) await ask('PUT', `/v1/policies/${name}`, policy)
    await useUp(ask, 'once')
    return [
      allowed('fixed window', (subject) => [{ policy: 'fixed', subject }]),
      allowed('sliding window', (subject) => [{ policy: 'sliding', subject }]),
      allowed('token bucket', (subject) => [{ policy: 'bucket', subject }]),
      allowed('8 shards, one subject', () => [{ policy: 'sharded', subject: 'all' }]),
      allowed('with a parent', (subject) => [{ policy: 'users', subject: `org:${subject}:user` }]),
      allowed('five checks', (subject) => FIVE.map((policy) => ({ policy, subject }))),
      denied('denied, many subjects', (subject) => [{ policy: 'once', subject }]),
      denied('denied, one subject', () => [{ policy: 'once', subject: 'subject-0' }]),
    ]
  },
}

/** Makes the checks of a request of this subject. */
type ChecksOf = (subject: string) => { policy: string; subject: string }[]

const allowed = (title: string, checksOf: ChecksOf) => decision(title, checksOf, true)
const denied = (title: string, checksOf: ChecksOf) => decision(title, checksOf, false)

function decision(title: string, checksOf: ChecksOf, expected: boolean): Visit {
  let requests = 0
  return {
    title,
    method: 'POST',
    path: '/v1/check',
    headers: { 'content-type': 'application/json' },
    body: () => JSON.stringify({ checks: checksOf(`subject-${requests++ % SUBJECTS}`) }),
    status: 200,
    isRight: (body) => isDecided(body, expected),
  }
}

/**
 * Checks whether the table, or what is remembered of it, has decided as expected: `onError` may say the same by chance.
 */
export function isDecided(body: string, expected: boolean): boolean {
  const { allowed, decisions }: { allowed: boolean; decisions: { degraded: boolean }[] } = JSON.parse(body)
  return allowed === expected && decisions.every(({ degraded }) => !degraded)
}

async function useUp(ask: Ask, policy: string): Promise<void> {
  for (let first = 0; first < SUBJECTS; first += BATCH) {
    const checks = Array.from({ length: BATCH }, (_, index) => ({ policy, subject: `subject-${first + index}` }))
    await ask('POST', '/v1/check', { checks })
  }
}
