import { SendMessageCommand } from '@aws-sdk/client-sqs'
import { apiUrl } from '../../support/cloud.ts'
import { call } from '../../support/http.ts'
import { physicalId, sqs } from '../deployed.ts'
import { aJobsClient } from '../jobs-client.ts'

const unique = () => Math.random().toString(36).slice(2, 10)

test('a file with a byte order mark, quotes and CRLF becomes links with all their fields', async () => {
  const { importFile, send } = await aJobsClient()
  const [first, second] = [`csv-${unique()}`, `csv-${unique()}`]
  const csv = [
    '\ufeffurl,alias,title,tags,expires_at',
    `https://example.com/1,${first},"Spring, ""sale""",sale|new,2030-01-01T00:00:00+01:00`,
    `"https://example.com/2",${second},"Two`,
    'lines",,',
    'https://example.com/3,,,,',
    '',
  ].join('\r\n')
  expect(await importFile(csv)).toEqual({ status: 'done', error: null, total: 3, done: 3, failed: 0, errors: [] })
  expect((await send(`/v1/links/${first}`)).json).toMatchObject({
    url: 'https://example.com/1',
    title: 'Spring, "sale"',
    tags: ['sale', 'new'],
    expiresAt: '2029-12-31T23:00:00.000Z',
    createdBy: 'user-1',
  })
  expect((await send(`/v1/links/${second}`)).json).toMatchObject({ title: 'Two\nlines', tags: [], expiresAt: null })
})

test('a refused row is counted and explained with its line, and the others are created', async () => {
  const { importFile, create, links } = await aJobsClient()
  const alias = `csv-${unique()}`
  await create({ alias })
  const state = await importFile(
    `url,alias\nhttps://example.com/1,\nhttps://example.com/2,${alias}\nhttp://127.0.0.1/,\nhttps://example.com/3,health\n`,
  )
  expect(state).toMatchObject({ status: 'done', total: 4, done: 1, failed: 3 })
  expect(state.errors).toEqual([
    { line: 3, code: 'alias-taken', message: `The alias ${alias} was used before.` },
    { line: 4, code: 'invalid-url', message: expect.stringMatching(/^The url /) },
    { line: 5, code: 'alias-reserved', message: 'The alias health is reserved.' },
  ])
  expect(await links()).toHaveLength(2)
})

/** @proves url-shortener/rows-once */
test('a thousand rows become a thousand links, and a repeated message makes no link twice', async () => {
  const { start, upload, ended, send } = await aJobsClient()
  const { jobId, uploadUrl } = await start('imports')
  const prefix = `many-${unique()}`
  const rows = Array.from({ length: 1000 }, (_, n) => `https://example.com/${n},${prefix}-${n}`)
  await upload(uploadUrl, ['url,alias', ...rows].join('\n'))
  const QueueUrl = await physicalId('AWS::SQS::Queue', 'JobStepsQueue')
  const MessageBody = JSON.stringify({ file: `imports/${jobId}.csv` })
  for (let n = 0; n < 3; n++) await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody }))
  expect(await ended('imports', jobId)).toMatchObject({ status: 'done', total: 1000, done: 1000, failed: 0 })
  expect((await send(`/v1/links/${prefix}-999`)).json.url).toBe('https://example.com/999')
})

test('a file without a header, or with too many rows, fails as a whole and makes no link', async () => {
  const { importFile, links } = await aJobsClient()
  expect(await importFile('https://example.com/')).toMatchObject({ status: 'failed', error: { code: 'invalid-csv' } })
  const tooMany = `url\n${'https://e.co/\n'.repeat(50_001)}`
  expect(await importFile(tooMany)).toMatchObject({ status: 'failed', error: { code: 'too-large' }, done: 0 })
  expect(await importFile('x'.repeat(5 * 1024 * 1024 + 1))).toMatchObject({ error: { code: 'too-large' } })
  expect(await links()).toEqual([])
})

test('an import waits for its file', async () => {
  const { start, stateOf } = await aJobsClient()
  const { jobId } = await start('imports')
  expect(await stateOf('imports', jobId)).toEqual({
    status: 'waiting',
    error: null,
    total: 0,
    done: 0,
    failed: 0,
    errors: [],
  })
})

test('a repeat with the Idempotency-Key gets the same import', async () => {
  const { start } = await aJobsClient()
  const headers = { 'idempotency-key': unique() }
  expect(await start('imports', headers)).toEqual(await start('imports', headers))
})

test('an import needs the scope, and belongs to its tenant', async () => {
  const { start } = await aJobsClient()
  const { jobId } = await start('imports')
  const others = await aJobsClient()
  const { status, json } = await others.send(`/v1/imports/${jobId}`)
  expect([status, json.code]).toEqual([404, 'not-found'])
  const reader = await aJobsClient({ scope: 'links:read' })
  expect((await reader.send('/v1/imports', { method: 'POST' })).status).toBe(403)
  expect((await call(`${apiUrl('UrlShortener')}/v1/imports`, { method: 'POST' })).status).toBe(401)
})

test('a body with fields gets 422', async () => {
  const { send } = await aJobsClient()
  const { status, json } = await send('/v1/imports', { method: 'POST', body: { url: 'x' } })
  expect([status, json.errors[0].path]).toEqual([422, 'url'])
  expect((await send('/v1/imports', { method: 'POST', body: {} })).status).toBe(202)
})
