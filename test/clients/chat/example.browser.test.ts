import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { BrowserContextOptions, Page } from 'playwright-core'
import { api, type ChatUser, chatUsers, socketUrl } from '../../chat/deployed.ts'
import { axeViolations } from '../../support/axe.ts'
import { useBrowser } from '../../support/browser.ts'
import { eventually } from '../../support/eventually.ts'
import { borderColours, contrast, outline, overflow, textContrasts } from '../../support/page-checks.ts'
import { type PageNetwork, startPageNetwork } from '../../support/page-network.ts'

const ROOT = join(import.meta.dirname, '../../..')
const NARROW = { viewport: { width: 320, height: 640 } }

mkdirSync(join(ROOT, '.build'), { recursive: true })
const directory = mkdtempSync(join(ROOT, '.build', 'chat-page-'))
const networks: PageNetwork[] = []
const browser = useBrowser()
beforeAll(() => {
  const tsc = join(ROOT, 'node_modules', '.bin', 'tsc')
  execFileSync(tsc, ['-p', join(ROOT, 'clients/chat'), '--outDir', directory])
})
afterAll(() => {
  for (const network of networks) network.close()
  rmSync(directory, { recursive: true })
})

test('a user who was offline comes back and has missed nothing, and what was written offline is sent', async () => {
  const [ann, bob] = await chatUsers('ann', 'bob')
  const [annsPage, bobsPage] = await Promise.all([connected(ann), connected(bob)])
  await chatWith(annsPage, 'bob')
  await annsPage.say('Hello')
  await bobsPage.page.getByRole('combobox', { name: 'Room' }).selectOption({ label: 'ann' })
  await bobsPage.shows(['ann: Hello'])
  await bobsPage.say('Hi')
  await annsPage.shows(['ann: Hello', 'bob: Hi'])

  await bobsPage.goOffline()
  await bobsPage.say('Are you there?')
  await bobsPage.page.getByText('Sending: Are you there?').waitFor()
  for (const body of ['one', 'two', 'three']) await annsPage.say(body)
  await annsPage.shows(['ann: Hello', 'bob: Hi', 'ann: one', 'ann: two', 'ann: three'])
  await changeMessages(ann)
  const missed = ['ann: (deleted)', 'bob: Hi', 'ann: one', 'ann: TWO (edited)', 'ann: three']
  await annsPage.shows(missed)
  expect(await bobsPage.texts()).toEqual(['ann: Hello', 'bob: Hi'])

  await bobsPage.goOnline()
  const all = [...missed, 'bob: Are you there?']
  await bobsPage.shows(all)
  await annsPage.shows(all)
  expect(await bobsPage.page.getByText('Sending:').count()).toBe(0)
  expect(annsPage.complaints).toEqual([])
})

describe.each([
  ['light', { colorScheme: 'light' }],
  ['dark', { colorScheme: 'dark' }],
  ['narrow', { colorScheme: 'light', ...NARROW }],
  ['narrow, dark', { colorScheme: 'dark', ...NARROW }],
] as const)('the page, %s,', (_, options) => {
  test('has no problem of accessibility before and after it connects, and causes no message on the console', async () => {
    const [cat] = await chatUsers('cat')
    const opened = await open(cat, options)
    await check(opened.page)
    await connect(opened, cat)
    await chatWith(opened, 'dan')
    await opened.say('Good morning')
    await opened.say('Wide'.repeat(100))
    await opened.shows(['cat: Good morning', `cat: ${'Wide'.repeat(100)}`])
    await check(opened.page)
    expect(opened.complaints).toEqual([])
  })
})

test('a wrong token is told', async () => {
  const [ann] = await chatUsers('ann')
  const { page } = await open(ann)
  await page.getByLabel('Access token').fill('no token')
  await page.getByRole('button', { name: 'Connect' }).click()
  await page.getByRole('alert').getByText('http-401').waitFor()
})

type Opened = Awaited<ReturnType<typeof open>>

async function connected(user: ChatUser): Promise<Opened> {
  const opened = await open(user)
  await connect(opened, user)
  return opened
}

/** Opens the page for a user, over a network of the user's own. */
async function open({ user }: ChatUser, options: BrowserContextOptions = {}) {
  const folders = { '/example/': join(ROOT, 'clients/chat/example'), '/dist/': directory }
  const network = await startPageNetwork({ folders, api, socket: socketUrl })
  networks.push(network)
  const { page, complaints } = await browser.open(options)
  const webSocketUrl = `${network.origin.replace('http', 'ws')}/socket`
  const given = new URLSearchParams({ url: `${network.origin}/api`, webSocketUrl, user })
  await page.goto(`${network.origin}/example/?${given}`)
  const texts = () => page.getByRole('log').getByRole('listitem').allTextContents()
  return {
    page,
    complaints,
    texts,
    shows: (expected: string[]) => eventually(async () => expect(await texts()).toEqual(expected)),
    async say(body: string) {
      await page.getByLabel('Message', { exact: true }).fill(body)
      await page.keyboard.press('Enter')
    },
    /**
     * Cuts the connections at the server, and keeps new ones from opening. The browser's own switch isn't enough: after
     * it, a WebSocket stays open until the client's ping finds no answer. It adds the events `offline` and `online`.
     */
    async goOffline() {
      await page.context().setOffline(true)
      network.cut()
      await page.getByRole('status').getByText('offline').waitFor()
    },
    async goOnline() {
      network.restore()
      await page.context().setOffline(false)
      await isOnline(page)
    },
  }
}

async function connect({ page }: Opened, { token }: ChatUser): Promise<void> {
  await page.getByLabel('Access token').fill(token)
  await page.getByRole('button', { name: 'Connect' }).click()
  await isOnline(page)
}

function isOnline(page: Page): Promise<void> {
  return page.getByRole('status').getByText('online', { exact: true }).waitFor()
}

async function chatWith({ page }: Opened, other: string): Promise<void> {
  await page.getByLabel('Chat with').fill(other)
  await page.getByRole('button', { name: 'Open' }).click()
  await page.getByRole('log').waitFor()
}

/** Deletes the message "Hello" and edits "two", on another device of their author. */
async function changeMessages(author: ChatUser): Promise<void> {
  const { items: rooms } = (await author.call('GET /v1/rooms')).json
  const room = rooms[0].id
  const { items } = (await author.call(`GET /v1/rooms/${room}/messages`)).json
  const target = (text: string) => items.find(({ body }: { body: string }) => body === text).seq
  const device = await author.connect()
  const changes = [
    await device.send('delete', { room, cid: 'delete-1', target: target('Hello') }),
    await device.send('edit', { room, cid: 'edit-1', target: target('two'), body: 'TWO' }),
  ]
  expect(changes).toMatchObject([{ ok: true }, { ok: true }])
}

/** Checks what the page shows now. */
async function check(page: Page): Promise<void> {
  expect(await axeViolations(page)).toEqual([])
  const { language, title, headings, landmarks } = await outline(page)
  expect([language, headings, landmarks]).toEqual(['en', [title], 1])
  expect(await overflow(page)).toBe(0)
  expect((await textContrasts(page)).filter(({ ratio }) => ratio < 4.5)).toEqual([])
  for (const field of await page.locator('input, select, textarea').all()) {
    expect(contrast(...(await borderColours(field)))).toBeGreaterThanOrEqual(3)
  }
}
