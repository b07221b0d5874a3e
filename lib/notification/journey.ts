import type { Journey, JourneyContext } from '../shared/journey.ts'

export const scope = 'notify:send notify:manage'

/** In ms: channels reach their workers through the table's stream and a queue. */
const SENT = 30_000

/** The simulator's mailbox, so that no real mail is sent, which would bounce. */
const TO = 'delivered@simulator.test'

/** A sender with a category of its own. */
export const journey = ({ ask, unique }: JourneyContext): Journey => {
  const category = `smoke-${unique}`
  const [topic, mapped] = [`smoke-${unique}`, `smoke.${unique}.done`]
  let [sent, later, broadcast] = ['', '', '']

  const send = (body: object, status: number, headers: Record<string, string> = {}) => {
    const content = { subject: 'Smoke', text: `Hello ${unique}` }
    return ask({
      method: 'POST',
      path: '/v1/notifications',
      headers,
      body: { to: { email: TO }, category, content, ...body },
      expect: { status },
    })
  }

  const steps: Record<string, () => Promise<unknown>> = {
    'reports that it is healthy': () =>
      ask({
        path: '/health',
        anonymous: true,
        expect: { status: 200, body: { is: 'ok', holds: ({ status }) => status === 'ok' } },
      }),
    // First of all that need the token: when it is refused, nothing was created that can't be deleted.
    'accepts the token': () => ask({ path: '/v1/notifications?limit=1', expect: { status: 200 } }),
    'sends nothing without a token': () =>
      ask({ method: 'POST', path: '/v1/notifications', body: {}, anonymous: true, expect: { status: 401 } }),
    'refuses an unknown category': () => send({ category: `none-${unique}` }, 422),
    'defines a category': () =>
      ask({
        method: 'PUT',
        path: `/v1/categories/${category}`,
        body: { channels: ['email'], onUncertain: 'retry' },
        expect: { status: 201 },
      }),
    'accepts a mail': async () => {
      const { json } = await send({}, 202, { 'idempotency-key': unique })
      sent = json.id
    },
    'recognises a repeat': async () => {
      const { json } = await send({}, 202, { 'idempotency-key': unique })
      if (json.id !== sent) throw new Error(`A repeat has the id ${json.id}, not ${sent}`)
    },
    'tells what became of it': () =>
      ask({
        path: `/v1/notifications/${sent}`,
        expect: {
          status: 200,
          body: { is: 'delivered', holds: ({ status }) => status === 'delivered' },
        },
        within: SENT,
      }),
    'tells why': () =>
      ask({
        path: `/v1/notifications/${sent}/why`,
        expect: { status: 200, body: { is: 'the rules', holds: ({ channels }) => channels[0]?.rules.length > 0 } },
      }),
    'lists it': () =>
      ask({
        path: `/v1/notifications?category=${category}`,
        expect: { status: 200, body: { is: 'the mail', holds: ({ items }) => items[0]?.id === sent } },
        within: SENT,
      }),
    'accepts a mail for later': async () => {
      const { json } = await send({ sendAt: new Date(Date.now() + 3_600_000).toISOString() }, 202)
      later = json.id
    },
    'cancels it': () =>
      ask({
        method: 'DELETE',
        path: `/v1/notifications/${later}`,
        expect: {
          status: 200,
          body: { is: 'cancelled', holds: ({ channels }) => channels.email === 'cancelled' },
        },
      }),
    'sends to many': () =>
      ask({
        method: 'POST',
        path: '/v1/notifications/bulk',
        body: {
          category,
          content: { text: 'Hello' },
          priority: 'bulk',
          recipients: [{ to: { email: TO }, key: unique }, { to: {} }],
        },
        expect: {
          status: 207,
          body: { is: 'one of each', holds: ({ results }) => results[0]?.id !== undefined && results[1]?.error },
        },
      }),
    'subscribes a user to a topic': () =>
      ask({ method: 'PUT', path: `/v1/topics/${topic}/subscribers/ann`, expect: { status: 201 } }),
    'publishes to the topic': async () => {
      const { json } = await ask({
        method: 'POST',
        path: `/v1/topics/${topic}/publish`,
        body: { category, content: { text: 'Hello' }, priority: 'bulk' },
        expect: { status: 202 },
      })
      broadcast = json.broadcastId
    },
    'sees that all were notified': () =>
      ask({
        path: `/v1/broadcasts/${broadcast}`,
        expect: { status: 200, body: { is: 'done', holds: ({ status, queued }) => status === 'done' && queued === 1 } },
        within: SENT,
      }),
    'maps events to notifications': () =>
      ask({
        method: 'PUT',
        path: `/v1/mappings/${mapped}`,
        body: { recipients: '$.data.users', category, template: 'smoke' },
        expect: { status: 201 },
      }),
  }
  return {
    steps: Object.entries(steps).map(([name, run]) => ({ name, run: async () => void (await run()) })),
    cleanUp: async () => {
      const gone = { status: [204, 404] }
      await ask({ method: 'DELETE', path: `/v1/topics/${topic}/subscribers/ann`, expect: gone })
      await ask({ method: 'DELETE', path: `/v1/mappings/${mapped}`, expect: gone })
      await ask({ method: 'DELETE', path: `/v1/categories/${category}`, expect: gone })
    },
  }
}
