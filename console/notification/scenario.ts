import { type Answer, type Api, apiOf, problemOf } from '../shared/api.ts'
import type { User } from '../shared/tokens.ts'

export const READER = 'ann'
export const ADDRESS = 'ann@example.com'
/** The time in which a digest gathers, in seconds. */
export const DIGEST_SECONDS = 30

export interface Channel {
  status: string
  at: string
  reason?: string
  provider?: string
  attempts: number
}

export interface Notification {
  id: string
  status: string
  category: string
  priority: string
  createdAt: string
  channels: Record<string, Channel>
  timeline: { at: string; event: string; channel?: string; detail?: string }[]
}

export interface Why {
  channels: {
    channel: string
    used: boolean
    decisive: string | null
    rules: { rule: string; outcome: string; detail: string }[]
  }[]
}

export interface Mail {
  to: string
  channel: string
  headers: Record<string, string>
  subject?: string
  text?: string
  html?: string
  at: string
}

export interface QuietHours {
  start: string
  end: string
  zone: string
}

export interface SendForm {
  template: keyof typeof TEMPLATES
  who: string
  text: string
  priority: string
  afterSeconds: number
}

const PAGE =
  '<!doctype html><html lang="en"><body style="font-family: sans-serif; max-width: 32rem; margin: 1rem auto">'
const LINK = 'https://example.com/rooms/7'

/** The templates that can be sent, each with the category of its notifications. */
export const TEMPLATES = {
  comment: {
    category: 'comments',
    title: 'Comment: email and inbox',
    body: {
      channels: {
        email: {
          subject: '{{who}} answered you',
          html: `${PAGE}<h1>{{who}} answered you</h1><blockquote>{{text}}</blockquote><p><a href="${LINK}">Open the room</a></p></body></html>`,
          text: '{{who}} wrote: {{text}}',
        },
        inapp: { title: '{{who}} answered', body: '{{text}}', url: LINK },
      },
    },
  },
  news: {
    category: 'news',
    title: `News: a digest of ${DIGEST_SECONDS} seconds by email`,
    body: {
      digest: true,
      channels: {
        email: {
          subject: '{{count}} news for you',
          html: `${PAGE}<h1>{{count}} news for you</h1><ul>{{#items}}<li><b>{{who}}</b>: {{text}}</li>{{/items}}</ul></body></html>`,
          text: '{{#items}}{{who}}: {{text}}\n{{/items}}',
        },
      },
    },
  },
} as const

/** The calls of the page: a sender of a tenant of its own, with one reader. */
export interface Scenario {
  readonly reader: User
  readonly readerApi: Api
  send: (form: SendForm) => Promise<string>
  read: (id: string) => Promise<{ notification: Notification; why: Why }>
  cancel: (id: string) => Promise<void>
  outbox: () => Promise<Mail[]>
  setQuietHours: (quietHours: QuietHours | null) => Promise<void>
}

export function createScenario(tenant: string): Scenario {
  const api = apiOf('Notification', { sub: 'sender', tenant, scope: 'notify:send notify:manage' })
  const reader = { sub: READER, tenant, scope: 'notify:self' }
  let prepared: Promise<void> | undefined

  const call = async (method: string, path: string, more: { body?: object; isListed?: boolean } = {}) =>
    expectGood(await api.call({ method, path, ...more })).json

  /** Creates what is sent and who reads it; each call may be repeated. */
  async function prepare(): Promise<void> {
    const categories = {
      comments: { channels: ['email', 'inapp'], onUncertain: 'retry' },
      news: { channels: ['email'], onUncertain: 'retry', digest: { windowSeconds: DIGEST_SECONDS, maxItems: 20 } },
    }
    for (const [name, body] of Object.entries(categories)) await call('PUT', `/v1/categories/${name}`, { body })
    for (const [name, { body }] of Object.entries(TEMPLATES)) await call('PUT', `/v1/templates/${name}`, { body })
    await call('PUT', `/v1/users/${READER}`, { body: { email: ADDRESS } })
  }

  const ready = () => {
    prepared ??= prepare()
    prepared.catch(() => {
      prepared = undefined
    })
    return prepared
  }

  return {
    reader,
    readerApi: apiOf('Notification', reader),
    async send({ template, who, text, priority, afterSeconds }) {
      await ready()
      const sendAt = new Date(Date.now() + afterSeconds * 1000).toISOString()
      const { category } = TEMPLATES[template]
      const body = {
        ...{ to: { userId: READER }, template, category, priority, data: { who, text } },
        ...(afterSeconds > 0 && { sendAt }),
      }
      return (await call('POST', '/v1/notifications', { body })).id
    },
    async read(id) {
      const path = `/v1/notifications/${id}`
      const [notification, why] = await Promise.all([
        call('GET', path, { isListed: false }),
        call('GET', `${path}/why`, { isListed: false }),
      ])
      return { notification, why }
    },
    async cancel(id) {
      await call('DELETE', `/v1/notifications/${id}`)
    },
    async outbox() {
      const path = `/v1/test/outbox?to=${encodeURIComponent(ADDRESS)}`
      return (await call('GET', path, { isListed: false })).items
    },
    async setQuietHours(quietHours) {
      await ready()
      await call('PUT', `/v1/users/${READER}/preferences`, { body: { ...(quietHours && { quietHours }) } })
    },
  }
}

function expectGood(answer: Answer): Answer {
  if (answer.ok) return answer
  throw new Error(problemOf(answer))
}
