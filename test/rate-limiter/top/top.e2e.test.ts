import { eventually } from '../../support/eventually.ts'
import { answered } from '../../support/http.ts'
import { aTenant } from '../deployed.ts'

test('the most denied subjects of a policy are listed within two minutes, for their own tenant alone', async () => {
  const { put, check, send } = await aTenant()
  answered(201, await put('writes', { limit: 1, windowMs: 3_600_000 }))
  expect(answered(200, await send('GET /v1/policies/writes/top')).json).toEqual({ items: [] })
  const ask = (subject: string) => check([{ policy: 'writes', subject }])
  for (const subject of ['user:1', 'user:2']) answered(200, await ask(subject))
  await eventually(
    async () => {
      // Environments send what they hold with a later request.
      for (const subject of ['user:1', 'user:2', 'user:1']) await ask(subject)
      const { items } = answered(200, await send('GET /v1/policies/writes/top')).json
      expect(items.map(({ subject }: { subject: string }) => subject)).toEqual(['user:1', 'user:2'])
      expect(items[0].count).toBeGreaterThan(items[1].count)
    },
    { deadlineMs: 120_000 },
  )
  const other = await aTenant()
  expect((await other.send('GET /v1/policies/writes/top')).status).toBe(404)
  await other.put('writes', { limit: 1, windowMs: 3_600_000 })
  expect(answered(200, await other.send('GET /v1/policies/writes/top')).json).toEqual({ items: [] })
})

test('a name that no policy can have is not found', async () => {
  const { send } = await aTenant()
  expect((await send('GET /v1/policies/a%20b/top')).status).toBe(404)
})
