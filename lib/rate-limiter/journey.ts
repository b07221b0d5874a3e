import type { Ask, Journey, JourneyContext } from '../shared/journey.ts'

export const scope = 'limits:check limits:admin'

/** In ms. A policy is live everywhere within 10 seconds. */
const LIVE = 15_000

/** Policies of a tag of their own: the names are known before the policies are created, so that none is left behind. */
export const journey = ({ ask, unique }: JourneyContext): Journey => {
  const tag = `smoke-${unique}`
  const [perUser, perOrg, seats] = [`${tag}-user`, `${tag}-org`, `${tag}-seats`]
  const subject = `org:${unique}:user:1`
  const left = new Set<string>()
  let version = ''
  let decisionId = ''
  let slotId = ''

  const put = (name: string, fields: object, more: Partial<Ask> = {}) => {
    left.add(name)
    return ask({
      method: 'PUT',
      path: `/v1/policies/${name}`,
      body: fields,
      expect: { status: 201, headers: { etag: /./ } },
      ...more,
    })
  }
  const check = (checks: object[], expect: Ask['expect'], query = '') =>
    ask({ method: 'POST', path: `/v1/check${query}`, body: { checks }, expect, within: LIVE })
  const allowed = (is: string, holds: (json: { allowed: boolean; decisions: Decision[] }) => boolean) => ({
    status: 200,
    body: { is, holds },
  })
  const takeSlot = (expect: Ask['expect']) =>
    ask({
      method: 'POST',
      path: '/v1/slots',
      body: { policy: seats, subject, ttlMs: 60_000 },
      expect,
      within: LIVE,
    })

  const steps = {
    'reports that it is healthy': () =>
      ask({
        path: '/health',
        anonymous: true,
        expect: { status: 200, body: { is: 'ok', holds: ({ status }) => status === 'ok' } },
      }),
    // The first step that needs the token: if it is refused, nothing was created that would have to be deleted.
    'accepts the token': () => ask({ path: '/v1/policies?limit=1', expect: { status: 200 } }),
    'refuses to create a policy without a token': () => put(perUser, {}, { anonymous: true, expect: { status: 401 } }),
    'creates a policy for organisations': () => put(perOrg, { algorithm: 'fixed-window', limit: 3, calendar: 'month' }),
    'creates a policy for users below it': async () => {
      const parent = { policy: perOrg, subjectPrefix: 'org:' }
      const { headers } = await put(perUser, { algorithm: 'token-bucket', limit: 2, windowMs: 3_600_000, parent })
      version = headers.get('etag') ?? ''
    },
    'lists policies': () =>
      ask({
        path: '/v1/policies',
        expect: { status: 200, body: { is: 'a page', holds: ({ items }) => items.length > 0 } },
      }),
    'allows what is within both limits': async () => {
      const { json } = await check(
        [{ policy: perUser, subject }],
        allowed('allowed, with one left', ({ decisions }) => decisions[0]?.remaining === 1),
      )
      decisionId = json.decisions[0].decisionId
    },
    'gives back what was charged': () =>
      ask({
        method: 'POST',
        path: '/v1/refund',
        body: { decisionId },
        expect: { status: 200, body: { is: 'one', holds: ({ refunded }) => refunded === 1 } },
      }),
    'denies a cost above the limit, and charges nothing': () =>
      check(
        [{ policy: perUser, subject, cost: 3 }],
        allowed('denied', (json) => !json.allowed),
      ),
    'answers 429 where the status alone is read': () =>
      check(
        [{ policy: perUser, subject, cost: 3 }],
        { status: 429, headers: { ratelimit: /r=2/, 'content-type': /^application\/problem\+json/ } },
        '?enforce=http',
      ),
    'looks without charging': () =>
      check(
        [{ policy: perUser, subject, peek: true }],
        allowed('allowed', (json) => json.allowed),
      ),
    'shows what a subject used': () =>
      ask({
        path: `/v1/subjects/state?subject=${subject}&policy=${perUser}`,
        expect: { status: 200, body: { is: 'nothing', holds: ({ items }) => items[0].used === 0 } },
      }),
    'gives one subject a limit of its own': () =>
      ask({
        method: 'PUT',
        path: '/v1/overrides',
        body: { policy: perUser, subject, limit: 100 },
        expect: { status: 201 },
      }),
    'applies it': () =>
      check(
        [{ policy: perUser, subject, peek: true }],
        allowed('the new limit', ({ decisions }) => decisions[0]?.limit === 100),
      ),
    'removes it': () =>
      ask({ method: 'DELETE', path: `/v1/overrides?policy=${perUser}&subject=${subject}`, expect: { status: 204 } }),
    'resets a subject': () =>
      ask({
        method: 'POST',
        path: '/v1/subjects/reset',
        body: { subject, policy: perUser },
        expect: { status: 204 },
      }),
    'creates a policy for one at a time': () => put(seats, { algorithm: 'concurrency', limit: 1 }),
    'takes a slot': async () => {
      slotId = (await takeSlot({ status: 201 })).json.slotId
    },
    'refuses a second slot': () => takeSlot({ status: 429 }),
    'prolongs the slot': () => ask({ method: 'PUT', path: `/v1/slots/${slotId}`, expect: { status: 200 } }),
    'gives the slot back': () => ask({ method: 'DELETE', path: `/v1/slots/${slotId}`, expect: { status: 204 } }),
    'refuses a change of an older version': () =>
      put(
        perUser,
        { algorithm: 'token-bucket', limit: 9, windowMs: 1000 },
        {
          headers: { 'if-match': '"older"' },
          expect: { status: 412 },
        },
      ),
    'changes the policy with its current version': () =>
      put(
        perUser,
        { algorithm: 'sliding-window', limit: 9, windowMs: 1000 },
        {
          headers: { 'if-match': version },
          expect: { status: 200 },
        },
      ),
    'applies the change': () =>
      check(
        [{ policy: perUser, subject, peek: true }],
        allowed('the new limit', ({ decisions }) => decisions[0]?.limit === 9),
      ),
  }
  return {
    steps: Object.entries(steps).map(([name, run]) => ({ name, run: async () => void (await run()) })),
    cleanUp: async () => {
      for (const name of [...left].reverse()) {
        // Children before parents; again, where it is over the limit of a tenant's writes.
        await ask({ method: 'DELETE', path: `/v1/policies/${name}`, expect: { status: [204, 404] }, within: LIVE })
      }
    },
  }
}

interface Decision {
  readonly limit: number
  readonly remaining: number
}
