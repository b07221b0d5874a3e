import { createReadTemplate } from '../../../functions/notification/store/templates.ts'
import { manageApi } from '../manage-api.ts'

const { call, table, tenant } = await manageApi()
const { signal } = new AbortController()
/** Reads as an environment that has just started. */
const read = (name: string, version?: number) =>
  createReadTemplate({ ...table, random: Math.random })({ tenant, name, ...(version && { version }) }, signal)

const sms = (text: string) => ({ channels: { sms: { text } } })

test('each change of a locale makes a version, and the versions before stay as they were', async () => {
  const first = await call('PUT /v1/templates/hi', { body: sms('Hi {{name}}') })
  expect([first.status, first.json, first.headers.etag]).toEqual([201, { version: 1 }, '"1"'])
  const french = await call('PUT /v1/templates/hi', { body: { ...sms('Salut {{name}}'), locale: 'fr-ca' } })
  expect([french.status, french.json]).toEqual([200, { version: 2 }])
  expect((await call('PUT /v1/templates/hi', { body: { ...sms('Hello {{name}}'), digest: true } })).json.version).toBe(
    3,
  )
  expect(await read('hi')).toEqual({
    name: 'hi',
    version: 3,
    digest: true,
    locales: { '': { sms: { text: 'Hello {{name}}' } }, 'fr-CA': { sms: { text: 'Salut {{name}}' } } },
  })
  expect(await read('hi', 2)).toMatchObject({ digest: false, locales: { '': { sms: { text: 'Hi {{name}}' } } } })
  expect(await read('hi', 1)).toEqual({
    ...(await read('hi', 2)),
    version: 1,
    locales: { '': sms('Hi {{name}}').channels },
  })
  expect(await read('hi', 4)).toBeUndefined()
  expect(await read('other')).toBeUndefined()
})

test('the same texts again change nothing', async () => {
  await call('PUT /v1/templates/same', { body: sms('Caf\u00e9') })
  const again = await call('PUT /v1/templates/same', { body: sms('Cafe\u0301') })
  expect([again.status, again.json]).toEqual([200, { version: 1 }])
  expect((await call('PUT /v1/templates/same', { body: { ...sms('Café'), digest: true } })).json.version).toBe(2)
})

test('a change under conditions is made only if they hold, and of two at once one is first', async () => {
  const headers = { 'if-none-match': '*' }
  const made = await Promise.all(
    ['a', 'b'].map((text) => call('PUT /v1/templates/raced', { body: sms(text), headers })),
  )
  expect(made.map(({ status }) => status).sort()).toEqual([201, 412])
  const put = (etag: string) => call('PUT /v1/templates/raced', { body: sms('c'), headers: { 'if-match': etag } })
  expect([(await put('"2"')).status, (await put('"1"')).json.version]).toEqual([412, 2])
})

test('what can’t be parsed is 422 with the part’s path', async () => {
  const body = { channels: { email: { subject: '{{#a}}', text: '{{{raw}}}' }, sms: { text: '{{>partial}}' } } }
  const { status, json } = await call('PUT /v1/templates/bad', { body })
  expect(status).toBe(422)
  expect(json.errors.map(({ path }: { path: string }) => path).sort()).toEqual([
    'channels.email.subject',
    'channels.email.text',
    'channels.sms.text',
  ])
  expect((await call('PUT /v1/templates/bad', { body: { channels: {} } })).json.errors[0].path).toBe('channels')
})

describe('a preview', () => {
  const channels = {
    email: { subject: 'For {{name}}', html: '<b>{{name}}</b>', text: '{{name}}' },
    sms: { text: '{{name}}€' },
    webhook: { body: '{"name":"{{name}}"}' },
  }
  const preview = (data: object, locale?: string) =>
    call('POST /v1/templates/preview/preview', { body: { data, ...(locale && { locale }) } })
  beforeAll(async () => {
    await call('PUT /v1/templates/preview', { body: { channels } })
    await call('PUT /v1/templates/preview', { body: { ...sms('{{name}} ici'), locale: 'fr' } })
  })

  test('shows each channel as it would be sent, with the segments of the SMS', async () => {
    expect((await preview({ name: '<Ann>' })).json).toEqual({
      channels: {
        email: { subject: 'For <Ann>', html: '<b>&lt;Ann&gt;</b>', text: '<Ann>' },
        sms: { text: '<Ann>€' },
        webhook: { body: '{"name":"<Ann>"}' },
      },
      sms: { segments: 1 },
    })
    expect((await preview({ name: 'Ann' }, 'fr-CH')).json.channels.sms.text).toBe('Ann ici')
  })

  test('names the variable that is missing, and what can’t be sent', async () => {
    const missing = await preview({ nam: 'Ann' })
    expect([missing.status, missing.json.errors[0].path]).toEqual([422, 'data.name'])
    const long = await preview({ name: 'a'.repeat(2000) })
    expect([long.status, long.json.errors[0].path]).toEqual([422, 'data'])
    expect((await call('POST /v1/templates/none/preview', { body: { data: {} } })).json.code).toBe('not-found')
  })
})
