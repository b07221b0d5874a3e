import { createSlotRecords } from '../../../functions/rate-limiter/store/slot-records.ts'
import { limitsTable, newTenant } from './limits-table.ts'

const { signal } = new AbortController()
const { table } = await limitsTable()

test('a record is read by its tenant, until a day after it was kept, or until it is forgotten', async () => {
  let time = 1_800_000_000_000
  const records = createSlotRecords({ ...table, now: () => time })
  const record = { tenant: newTenant(), slotId: 'a-1', policy: 'seats', subject: 'room:é', ttlMs: 60_000 }
  await records.keep(record, signal)
  expect(await records.read(record, signal)).toEqual({ ...record, keptUntil: time + 86_400_000 })
  expect(await records.read({ ...record, tenant: newTenant() }, signal)).toBeUndefined()
  time += 86_400_000
  expect(await records.read(record, signal)).toBeUndefined()
  await records.keep(record, signal)
  await records.forget(record, signal)
  expect(await records.read(record, signal)).toBeUndefined()
})
