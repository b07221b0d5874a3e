import { randomUUID } from 'node:crypto'
import { createReportStore } from '../../../functions/url-shortener/store/reports.ts'
import { CAUSE } from '../a-link.ts'
import { AT, aRemoval, linkTable, newState } from './link-table.ts'

const { signal } = new AbortController()
let links: Awaited<ReturnType<typeof linkTable>>

beforeAll(async () => {
  links = await linkTable()
})

const stored = async () => {
  const state = newState()
  await links.insert(state)
  return state.link
}

const aReport = (code: string) => ({
  operationId: randomUUID(),
  code,
  reason: 'Phishing.',
  reportedAt: AT,
  expiresAt: 4_000_000_000,
  cause: CAUSE,
})

test('a report is stored until it expires, with an event, and leaves the link unchanged', async () => {
  const link = await stored()
  const report = aReport(link.code)
  expect(await createReportStore(links.options)(report, signal)).toBe('stored')
  const sk = `report#${report.operationId}`
  expect(await links.itemOf(link.code, sk)).toMatchObject({
    reason: { S: 'Phishing.' },
    tenant: { S: 'acme' },
    ttl: { N: '4000000000' },
  })
  const entry = { operationId: report.operationId, type: 'url-shortener.link.reported', time: AT }
  expect(await links.entryOf(link.code, sk)).toMatchObject({ entry, sequence: 2 })
  expect([await links.read(link.code), await links.sequenceOf(link.code)]).toEqual([link, 2])
})

test('a report of a missing or deleted link is not stored', async () => {
  const { code } = await stored()
  await links.store.remove({ tenant: 'acme', code }, aRemoval(), signal)
  for (const none of [code, `never-${randomUUID()}`]) {
    const report = aReport(none)
    expect(await createReportStore(links.options)(report, signal)).toBe('unknown')
    expect(await links.itemOf(none, `report#${report.operationId}`)).toBeUndefined()
  }
  expect(await links.itemOf(code, 'link')).toMatchObject({ sequence: { N: '2' } })
})
