import { createHashAddress, createTenantMac } from '../../../functions/notification/store/address-hash.ts'
import { createReadStanding } from '../../../functions/notification/store/standing.ts'
import {
  createFindUnsubscription,
  createIssueUnsubscribeToken,
} from '../../../functions/notification/store/unsubscribe-tokens.ts'
import { createUnsubscribe } from '../../../functions/notification/store/unsubscriptions.ts'
import { createMailHeaders } from '../../../functions/notification/unsubscribe/mail-headers.ts'
import { unsubscribeRoutes } from '../../../functions/notification/unsubscribe/routes.ts'
import { httpHandler } from '../../../functions/shared/http/handler.ts'
import { randomBytes } from '../../../functions/shared/ids/random-bytes.ts'
import { newTenant, patientDynamoDB, setFunctionEnvironment } from '../../support/cloud.ts'
import { httpEvent, patientContext } from '../../support/events.ts'
import { ownTable } from '../../support/own-table.ts'
import { silentTelemetry } from '../../support/telemetry.ts'

setFunctionEnvironment()
const DAY_MS = 86_400_000
let time = Date.parse('2026-05-06T07:08:09Z')
const now = () => time
const table = { client: patientDynamoDB(), tableName: await ownTable(), now }
const mac = createTenantMac({ ...table, randomBytes })
const hashAddress = createHashAddress(mac)
const newIssue = () => createIssueUnsubscribeToken({ ...table, mac, hashAddress })
const { signal } = new AbortController()

const handler = httpHandler({
  ...silentTelemetry(),
  routes: unsubscribeRoutes({
    findUnsubscription: createFindUnsubscription(table),
    unsubscribe: createUnsubscribe(table),
  }),
})
const open = async (method: 'GET' | 'POST', token: string, more: { accept?: string; body?: string } = {}) => {
  const { accept = '*/*', body } = more
  const event = httpEvent({
    routeKey: `${method} /unsubscribe/{token}`,
    params: { token },
    headers: { accept, ...(body !== undefined && { 'content-type': 'application/x-www-form-urlencoded' }) },
    ...(body !== undefined && { body }),
  })
  const { statusCode, headers, body: answer } = await handler(event, patientContext())
  return { status: statusCode, type: String(headers?.['content-type']), body: String(answer) }
}

const of = () => ({ tenant: newTenant(), category: 'news', address: 'Ann@Example.com' })
const unsubscribed = async ({ tenant }: { tenant: string }) =>
  (
    await createReadStanding({ ...table, hashAddress })(
      { tenant, channel: 'email', address: 'ann@example.com' },
      signal,
    )
  ).unsubscribed

test('one click unsubscribes a mailbox from a category, as often as it comes, and a look changes nothing', async () => {
  const mail = of()
  const token = await newIssue()(mail, signal)
  const page = await open('GET', token)
  expect([page.status, page.type]).toEqual([200, 'text/html; charset=utf-8'])
  expect(page.body).toContain('<form method="post">')
  expect(page.body).not.toContain('form-action')
  expect(await unsubscribed(mail)).toEqual(new Set())
  const click = await open('POST', token, { body: 'List-Unsubscribe=One-Click' })
  expect([click.status, JSON.parse(click.body)]).toEqual([200, { unsubscribed: 'news' }])
  const again = await open('POST', token, { accept: 'text/html' })
  expect([again.status, again.type]).toEqual([200, 'text/html; charset=utf-8'])
  expect(await unsubscribed(mail)).toEqual(new Set(['news']))
})

test('a mail names the address to unsubscribe in the headers of RFC 8058, unless its category is required', async () => {
  const headersOf = createMailHeaders({ issueToken: newIssue(), publicUrl: 'https://api.example' })
  const mail = of()
  const headers = await headersOf({ ...mail, required: false }, signal)
  expect(headers).toEqual({
    'List-Unsubscribe': expect.stringMatching(/^<https:\/\/api\.example\/unsubscribe\/[\w-]{43}>$/),
    'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
  })
  // A repeated delivery is the same mail, whichever environment makes it.
  expect(
    await createMailHeaders({ issueToken: newIssue(), publicUrl: 'https://api.example' })(
      { ...mail, required: false },
      signal,
    ),
  ).toEqual(headers)
  expect(await headersOf({ ...mail, required: true }, signal)).toEqual({})
})

test('tokens of other tenants, categories and mailboxes are others', async () => {
  const mail = of()
  const tokens = await Promise.all(
    [
      mail,
      { ...mail, tenant: newTenant() },
      { ...mail, category: 'offers' },
      { ...mail, address: 'bob@example.com' },
    ].map((each) => newIssue()(each, signal)),
  )
  expect(new Set(tokens).size).toBe(4)
})

test('a token works for a year, whether or not its item is deleted then', async () => {
  const issued = time
  const token = await newIssue()(of(), signal)
  try {
    time = issued + 366 * DAY_MS
    expect((await open('GET', token)).status).toBe(200)
    time = issued + 400 * DAY_MS
    expect((await open('POST', token)).status).toBe(404)
  } finally {
    time = issued
  }
})

test.each(['a'.repeat(43), 'short', '%0d%0a'])('the unknown token %s is 404, as a page for people', async (token) => {
  expect(JSON.parse((await open('POST', token)).body).code).toBe('not-found')
  const page = await open('GET', token, { accept: 'text/html' })
  expect([page.status, page.type]).toEqual([404, 'text/html; charset=utf-8'])
})
