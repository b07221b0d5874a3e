import { parse } from 'csv-parse/sync'
import { apiUrl } from '../../support/cloud.ts'
import { eventually } from '../../support/eventually.ts'
import { call } from '../../support/http.ts'
import { aJobsClient } from '../jobs-client.ts'

const api = apiUrl('UrlShortener')

test('an export has all links of the tenant, newest first, with their visits', async () => {
  const { create, exportFile, links, send } = await aJobsClient()
  const first = await create({ title: '=HYPERLINK("https://evil.example")', tags: ['a', 'b'], maxClicks: 5 })
  const second = await create({ title: 'Say "hi",\nthen go', expiresAt: '2030-01-01T00:00:00Z' })
  expect((await call(`${api}/${first.code}`, { headers: { 'user-agent': 'Mozilla/5.0 Firefox/140.0' } })).status).toBe(
    302,
  )
  await eventually(async () => expect(await links()).toHaveLength(2))

  const response = await exportFile()
  expect(response.headers.get('content-type')).toBe('text/csv; charset=utf-8')
  expect(response.headers.get('content-disposition')).toMatch(/^attachment; filename="links\.csv"/)
  const [header, ...rows] = parse(await response.text())
  expect(header).toEqual(['code', 'short_url', 'url', 'title', 'tags', 'created_at', 'expires_at', 'clicks'])
  const url = 'https://example.com/'
  expect(rows).toEqual([
    [
      ...[second.code, `${api}/${second.code}`, url, 'Say "hi",\nthen go', '', second.createdAt],
      ...['2030-01-01T00:00:00.000Z', '0'],
    ],
    [
      ...[first.code, `${api}/${first.code}`, url, '\'=HYPERLINK("https://evil.example")', 'a|b', first.createdAt],
      ...['', '1'],
    ],
  ])
  expect((await send(`/v1/links/${first.code}`)).json.clicks).toBe(1)
})

test('a tenant without links gets a file with nothing but the header', async () => {
  const { exportFile } = await aJobsClient()
  expect((await (await exportFile()).text()).trim().split('\r\n')).toHaveLength(1)
})

test('what was exported can be imported, but for the columns that an import doesn’t have', async () => {
  const { create, exportFile, links } = await aJobsClient()
  await create({ title: 'Grüße, "you"', tags: ['a'] })
  await eventually(async () => expect(await links()).toHaveLength(1))
  const records: Record<string, string>[] = parse(await (await exportFile()).text(), { columns: true })
  const csv = [
    'url,title,tags',
    ...records.map(({ url, title, tags }) => `${url},"${title?.replaceAll('"', '""')}",${tags}`),
  ]
  const importer = await aJobsClient()
  expect(await importer.importFile(csv.join('\n'))).toMatchObject({ status: 'done', done: 1 })
})

test('an export needs the scope, and belongs to its tenant', async () => {
  const { start } = await aJobsClient()
  const { jobId } = await start('exports')
  const others = await aJobsClient()
  expect((await others.send(`/v1/exports/${jobId}`)).status).toBe(404)
  const writer = await aJobsClient({ scope: 'links:write' })
  expect((await writer.send('/v1/exports', { method: 'POST' })).status).toBe(403)
})

test('an import is no export, and an id that no job can have gets 404', async () => {
  const { start, send } = await aJobsClient()
  const { jobId } = await start('imports')
  expect((await send(`/v1/exports/${jobId}`)).status).toBe(404)
  expect((await send('/v1/exports/x')).status).toBe(404)
})
