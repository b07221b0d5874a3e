import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { extname, join, normalize } from 'node:path'
import { text } from 'node:stream/consumers'
import type { Page } from 'playwright-core'
import { useBrowser } from '../../support/browser.ts'
import { apiUrl, newTenant, token, webSocketUrl } from '../../support/cloud.ts'

const ROOT = join(import.meta.dirname, '../../..')
const TYPES: Record<string, string> = { '.html': 'text/html', '.css': 'text/css', '.js': 'text/javascript' }

const browser = useBrowser()
mkdirSync(join(ROOT, '.build'), { recursive: true })
const directory = mkdtempSync(join(ROOT, '.build', 'chat-page-'))
execFileSync(join(ROOT, 'node_modules/.bin/tsc'), [
  '-p',
  join(ROOT, 'clients/chat'),
  '--outDir',
  join(directory, 'dist'),
])
cpSync(join(ROOT, 'clients/chat/example'), join(directory, 'example'), { recursive: true })
const server = createServer((request, response) => serve(request, response).catch(() => response.destroy()))
server.listen(0, '127.0.0.1')
await once(server, 'listening')
const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`

afterAll(() => {
  server.closeAllConnections()
  server.close()
  rmSync(directory, { recursive: true })
})

test('two users find each other, chat, and see what the other writes', async () => {
  const tenant = newTenant()
  const [ann, bob] = await Promise.all([openAs('ann', tenant), openAs('bob', tenant)])
  await ann.page.getByLabel('Chat with').fill('bob')
  await ann.page.getByRole('button', { name: 'Open' }).click()
  await say(ann.page, 'Hello Bob')
  await ann.page.getByText('ann: Hello Bob').waitFor()
  await bob.page.getByRole('option', { name: 'ann' }).waitFor({ state: 'attached' })
  await bob.page.getByLabel('Room', { exact: true }).selectOption('ann')
  await bob.page.getByText('ann: Hello Bob').waitFor()
  await say(bob.page, 'Hello Ann')
  await ann.page.getByText('bob: Hello Ann').waitFor()
  for (const { page } of [ann, bob]) {
    expect(await page.getByRole('log').getByRole('listitem').allTextContents()).toEqual([
      'ann: Hello Bob',
      'bob: Hello Ann',
    ])
    expect(await page.getByLabel('Messages that are being sent').getByRole('listitem').count()).toBe(0)
    expect(await page.getByRole('alert').textContent()).toBe('')
  }
  expect([ann.complaints, bob.complaints]).toEqual([[], []])
})

test('a wrong token is told', async () => {
  const { page } = await openAs('ann', newTenant(), 'no token')
  await page.getByRole('alert').getByText('http-401').waitFor()
})

/** Opens the page, and connects with its form. */
async function openAs(user: string, tenant: string, accessToken?: string) {
  const opened = await browser.open()
  const { page } = opened
  page.setDefaultTimeout(9000)
  const addresses = new URLSearchParams({ url: origin, webSocketUrl: webSocketUrl('Chat'), user })
  await page.goto(`${origin}/example/index.html?${addresses}`)
  const field = page.getByLabel('Access token')
  await field.fill(accessToken ?? (await token({ sub: user, tenant, scope: 'chat' })))
  await page.getByRole('button', { name: 'Connect' }).click()
  if (accessToken === undefined) await page.getByText('online').waitFor()
  return opened
}

async function say(page: Page, body: string): Promise<void> {
  await page.getByLabel('Message', { exact: true }).fill(body)
  await page.getByRole('button', { name: 'Send' }).click()
}

/** Serves the files, and the API from the same origin, so that it needs no CORS. */
async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { pathname } = new URL(request.url ?? '/', origin)
  if (!pathname.startsWith('/v1/')) {
    response.setHeader('content-type', TYPES[extname(pathname)] ?? 'application/octet-stream')
    response.end(readFileSync(join(directory, normalize(pathname))))
    return
  }
  const { authorization = '', 'content-type': contentType, 'idempotency-key': key } = request.headers
  const body = await text(request)
  const answer = await fetch(`${apiUrl('Chat')}${request.url}`, {
    method: request.method ?? 'GET',
    headers: {
      authorization,
      ...(contentType && { 'content-type': contentType }),
      ...(key && { 'idempotency-key': String(key) }),
    },
    ...(body && { body }),
  })
  response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? 'text/plain' })
  response.end(await answer.text())
}
