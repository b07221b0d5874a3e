import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { BrowserContextOptions, Locator, Page } from 'playwright-core'
import { api, aSender, type Sender } from '../../notification/deployed.ts'
import { useBrowser } from '../../support/browser.ts'
import { token, webSocketUrl } from '../../support/cloud.ts'
import { eventually } from '../../support/eventually.ts'
import { type PageNetwork, startPageNetwork } from '../../support/page-network.ts'

const ROOT = join(import.meta.dirname, '../../..')

/** The page with the component, opened for the user `ann` over a network of its own. */
export interface InboxPage {
  readonly page: Page
  readonly complaints: string[]
  readonly bell: Locator
  readonly list: Locator
  /** Titles of the items, in order; those that are unread begin with "Unread: ". */
  readonly titles: () => Promise<string[]>
  readonly shows: (...titles: string[]) => Promise<void>
  /** Waits until the bell has this name. */
  readonly rings: (name: string) => Promise<void>
  readonly connect: (token?: string) => Promise<void>
  /** The requests that have not ended. */
  readonly pending: () => number
  /** Requests that the page has made, as in `GET /v1/users/ann/inbox`, without their query. */
  readonly requests: string[]
  readonly sockets: () => number
  /** The pings that the service has answered: a connection is live from its first one on. */
  readonly pongs: () => number
  goOffline: () => Promise<void>
  goOnline: () => Promise<void>
}

/** A tenant whose user `ann` has an inbox. */
export interface Inbox {
  readonly sender: Sender
  readonly token: string
  /** Sends notifications one after another, and waits until they are delivered. */
  readonly send: (...titles: string[]) => Promise<void>
  readonly mark: (body: object) => Promise<void>
  readonly read: () => Promise<{ unseen: number; unread: number; items: { id: string; title: string }[] }>
}

/** Builds the package, and opens its example. */
export function useInboxPages(): (inbox: Inbox, options?: BrowserContextOptions) => Promise<InboxPage> {
  mkdirSync(join(ROOT, '.build'), { recursive: true })
  const directory = mkdtempSync(join(ROOT, '.build', 'inbox-page-'))
  const networks: PageNetwork[] = []
  const browser = useBrowser()
  beforeAll(() => {
    const tsc = join(ROOT, 'node_modules', '.bin', 'tsc')
    execFileSync(tsc, ['-p', join(ROOT, 'clients/inbox'), '--outDir', directory])
  })
  afterAll(() => {
    for (const network of networks) network.close()
    rmSync(directory, { recursive: true })
  })

  return async (inbox, options = {}) => {
    const folders = { '/example/': join(ROOT, 'clients/inbox/example'), '/dist/': directory }
    const network = await startPageNetwork({ folders, api, socket: webSocketUrl('Notification') })
    networks.push(network)
    const { page, complaints } = await browser.open(options)
    const requests: string[] = []
    let [sockets, pongs, pending] = [0, 0, 0]
    page.on('request', (request) => {
      const { pathname } = new URL(request.url())
      pending += 1
      if (pathname.startsWith('/api/')) requests.push(`${request.method()} ${pathname.slice('/api'.length)}`)
    })
    const ended = () => {
      pending -= 1
    }
    page.on('requestfinished', ended)
    page.on('requestfailed', ended)
    page.on('websocket', (socket) => {
      sockets += 1
      socket.on('framereceived', ({ payload }) => {
        if (JSON.parse(String(payload)).t === 'ack') pongs += 1
      })
    })
    const given = {
      url: `${network.origin}/api`,
      webSocketUrl: `${network.origin.replace('http', 'ws')}/socket`,
      user: 'ann',
    }
    await page.goto(`${network.origin}/example/?${new URLSearchParams(given)}`)
    const bell = page.getByRole('button', { name: /^Notifications/ })
    const list = page.getByRole('dialog', { name: 'Notifications' })
    const titles = () => list.locator('.title').allTextContents()
    return {
      ...{ page, complaints, bell, list, titles, requests },
      pending: () => pending,
      sockets: () => sockets,
      pongs: () => pongs,
      shows: (...expected) => eventually(async () => expect(await titles()).toEqual(expected)),
      rings: (name) => page.getByRole('button', { name, exact: true }).waitFor(),
      async connect(given = inbox.token) {
        await page.getByLabel('Access token').fill(given)
        await page.getByRole('button', { name: 'Connect' }).click()
      },
      /** The browser's own switch leaves open WebSockets alone: they are cut at the server. */
      async goOffline() {
        await page.context().setOffline(true)
        network.cut()
      },
      async goOnline() {
        network.restore()
        await page.context().setOffline(false)
      },
    }
  }
}

export async function anInbox(): Promise<Inbox> {
  const sender = await aSender()
  await sender.category({ channels: ['inapp'] })
  const own = await token({ sub: 'ann', tenant: sender.tenant, scope: 'notify:self' })
  return {
    sender,
    token: own,
    async send(...titles) {
      for (const title of titles) {
        const content = { subject: title, text: `The text of ${title}.` }
        await sender.until(await sender.send({ to: { userId: 'ann' }, content }), 'delivered')
      }
    },
    async mark(body) {
      expect((await sender.call('POST /v1/users/ann/inbox/mark', body)).status).toBe(200)
    },
    async read() {
      return (await sender.call('GET /v1/users/ann/inbox')).json
    },
  }
}
