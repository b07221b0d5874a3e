import { createDocuments, type ReadDocument, type WriteDocument } from '../../../functions/notification/documents.ts'
import type { Document } from '../../../functions/notification/domain/document.ts'
import { createPutUser } from '../../../functions/notification/people/put-user.ts'
import { createWithRetime } from '../../../functions/notification/people/user-tasks.ts'
import { createSettle } from '../../../functions/shared/resilience/settle.ts'
import { atOnce } from '../../shared/events/faults.ts'

const { signal } = new AbortController()

/** A user in memory. `meanwhile` happens between the next read and what follows from it. */
function aUser(zone: string | null) {
  const profileIn = (where: string | null) => ({ email: null, phone: null, locale: null, zone: where })
  let versions = 0
  let stored: Document<unknown> = { value: profileIn(zone), version: 'v0', updatedAt: 0 }
  let meanwhile = async () => {}
  const read = async () => {
    const found = stored
    const happens = meanwhile
    meanwhile = async () => {}
    await happens()
    return found
  }
  const write: WriteDocument = async ({ before, after }) => {
    if (before?.version !== stored.version || !after) return 'raced'
    stored = after
    return 'written'
  }
  const tasks: number[] = []
  const settle = createSettle({ random: () => 0, startTimer: atOnce })
  const put = createPutUser({
    documents: createDocuments({
      ...{ read: read as ReadDocument, write, settle, now: () => 0 },
      newVersion: () => `v${++versions}`,
    }),
    withRetime: createWithRetime({ sendTask: async ({ delaySeconds }) => void tasks.push(delaySeconds), now: () => 0 }),
    settle,
  })
  const moveTo = (where: string | null, conditions = {}) =>
    put({ tenant: 'acme', userId: 'ann', profile: profileIn(where), conditions }, signal)
  return {
    moveTo,
    tasks,
    stored: () => stored,
    whileReading: (happens: () => Promise<unknown>) => {
      meanwhile = async () => void (await happens())
    },
  }
}

test('a request that changes the zone back while another one changes it has quiet hours judged again, too', async () => {
  const { moveTo, tasks, stored, whileReading } = aUser('Europe/Vienna')
  whileReading(() => moveTo('Asia/Tokyo'))
  expect(await moveTo('Europe/Vienna')).toMatchObject({ outcome: 'changed' })
  expect(stored().value).toMatchObject({ zone: 'Europe/Vienna' })
  // For the other one, and then for this one.
  expect(tasks).toEqual([30, 0, 30, 0])
})

test('the same zone needs no new judgement', async () => {
  const { moveTo, tasks } = aUser('Europe/Vienna')
  expect(await moveTo('Europe/Vienna')).toMatchObject({ outcome: 'unchanged' })
  expect(tasks).toEqual([])
})

test('conditions hold for what is replaced: a version that another request replaced meanwhile is stale', async () => {
  const { moveTo, stored, whileReading } = aUser(null)
  whileReading(() => moveTo('Asia/Tokyo'))
  expect(await moveTo('Europe/Vienna', { ifMatch: ['v0'] })).toEqual({ outcome: 'stale' })
  expect(stored().value).toMatchObject({ zone: 'Asia/Tokyo' })
})
