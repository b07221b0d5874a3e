import type { Ask, Journey, JourneyContext } from '../../../lib/shared/journey.ts'
import type { ModesModule } from '../modes.ts'

/** In ms. A policy is live everywhere within 10 seconds. */
const LIVE = 15_000
const AMPLE = { algorithm: 'fixed-window', limit: 1_000_000, calendar: 'month' }
const ONCE = { ...AMPLE, limit: 1 }
const FIVE = ['five-1', 'five-2', 'five-3', 'five-4', 'five-5']
/** A shard's part of the limit. */
const SHARD = 100

const policiesOf = (named: (name: string) => string): Record<string, object> => ({
  fixed: AMPLE,
  sliding: { algorithm: 'sliding-window', limit: 1_000_000, windowMs: 3_600_000 },
  bucket: { algorithm: 'token-bucket', limit: 1000, windowMs: 3_600_000 },
  sharded: { ...AMPLE, limit: 2 * SHARD, shards: 2 },
  organisations: AMPLE,
  users: { ...AMPLE, parent: { policy: named('organisations'), subjectPrefix: 'org:' } },
  ...Object.fromEntries(FIVE.map((name) => [name, AMPLE])),
  once: ONCE,
  blocking: { ...ONCE, blockMs: 60_000 },
  seats: { algorithm: 'concurrency', limit: 1 },
})

interface NamedCheck {
  policy: string
  subject?: string
  cost?: number
  peek?: boolean
}

const FIVE_CHECKS = FIVE.map((policy) => ({ policy }))

/** Each kind of decision, and whether it allows: one step each. */
const DECISIONS: Record<string, { checks: NamedCheck[]; allowed: boolean }> = {
  'allows by a fixed window': { checks: [{ policy: 'fixed' }], allowed: true },
  'allows by a sliding window': { checks: [{ policy: 'sliding' }], allowed: true },
  'allows by a token bucket': { checks: [{ policy: 'bucket' }], allowed: true },
  'allows by a shard': { checks: [{ policy: 'sharded', subject: 'b' }], allowed: true },
  'allows a user and its organisation': { checks: [{ policy: 'users', subject: 'org:1:user:1' }], allowed: true },
  'allows five checks at once': { checks: FIVE_CHECKS, allowed: true },
  'looks without charging': { checks: [{ policy: 'fixed', peek: true }], allowed: true },
  'denies what it did not know': { checks: [{ policy: 'once' }], allowed: false },
  'denies what it knows': { checks: [{ policy: 'once' }], allowed: false },
  'denies by two shards': { checks: [{ policy: 'sharded' }], allowed: false },
  'denies, and starts a block': { checks: [{ policy: 'blocking' }], allowed: false },
  'denies one of six checks': { checks: [...FIVE_CHECKS, { policy: 'once', subject: 'b' }], allowed: false },
  'denies a cost above the limit': { checks: [{ policy: 'once', cost: 2 }], allowed: false },
}

/** Checks that leave nothing of a limit. Two shards have a part each. */
const USED_UP: NamedCheck[] = [
  { policy: 'once' },
  { policy: 'once', subject: 'b' },
  { policy: 'blocking' },
  { policy: 'sharded', cost: SHARD },
  { policy: 'sharded', cost: SHARD },
]

const SLOTS = ['takes a slot', 'denies a slot', 'prolongs a slot', 'gives a slot back']
const REFUND = 'gives back what a decision charged'

export const modes: ModesModule = {
  stack: 'RateLimiter',
  scope: 'limits:check limits:admin',
  title: 'RateLimiter, by mode',
  rows: [...Object.keys(DECISIONS), REFUND, ...SLOTS],
  journey,
}

function journey({ ask, unique }: JourneyContext): Journey {
  const named = (name: string) => `cost-${unique}-${name}`
  const policies = policiesOf(named)
  let decisionId = ''
  let slotId = ''

  const check = async (checks: NamedCheck[], allowed = true) => {
    const body = {
      checks: checks.map(({ policy, subject = 'a', ...more }) => ({ policy: named(policy), subject, ...more })),
    }
    const holds = (json: { allowed: boolean }) => json.allowed === allowed
    const expect = { status: 200, body: { is: allowed ? 'allowed' : 'denied', holds } }
    const { json } = await ask({ method: 'POST', path: '/v1/check', body, expect, within: LIVE })
    decisionId = json.decisions[0].decisionId
  }
  const slot = (method: Ask['method'], status: number) =>
    ask({ method, path: `/v1/slots/${slotId}`, expect: { status } })
  const takeSlot = (status: number) => {
    const body = { policy: named('seats'), subject: 'a', ttlMs: 60_000 }
    return ask({ method: 'POST', path: '/v1/slots', body, expect: { status }, within: LIVE })
  }

  const steps = {
    'makes policies': async () => {
      for (const [name, body] of Object.entries(policies))
        await ask({ method: 'PUT', path: `/v1/policies/${named(name)}`, body, expect: { status: 201 } })
    },
    // An environment reads a policy before its first decision, and then once in five seconds.
    'lets the functions read the policies': async () => {
      for (const { checks } of Object.values(DECISIONS))
        await check(checks.map(({ policy }) => ({ policy, subject: 'nobody', peek: true })))
      slotId = (await takeSlot(201)).json.slotId
      await slot('DELETE', 204)
    },
    'uses up some limits': async () => {
      for (const each of USED_UP) await check([each])
    },
    ...Object.fromEntries(
      Object.entries(DECISIONS).map(([name, { checks, allowed }]) => [name, () => check(checks, allowed)]),
    ),
    'charges what is given back': () => check([{ policy: 'fixed', subject: 'c' }]),
    [REFUND]: () => ask({ method: 'POST', path: '/v1/refund', body: { decisionId }, expect: { status: 200 } }),
    'takes a slot': async () => {
      slotId = (await takeSlot(201)).json.slotId
    },
    'denies a slot': () => takeSlot(429),
    'prolongs a slot': () => slot('PUT', 200),
    'gives a slot back': () => slot('DELETE', 204),
  }
  return {
    steps: Object.entries(steps).map(([name, run]) => ({ name, run: async () => void (await run()) })),
    cleanUp: async () => {
      // Children before parents; again, where it is over the limit of a tenant's writes.
      for (const name of Object.keys(policies).reverse()) {
        const path = `/v1/policies/${named(name)}`
        await ask({ method: 'DELETE', path, expect: { status: [204, 404] }, within: LIVE })
      }
    },
  }
}
