import { UpdateItemCommand } from '@aws-sdk/client-dynamodb'
import { aChange, fullState, linkTable } from './link-table.ts'

const links = await linkTable()

/** Counts clicks of a link as the statistics do. */
async function countedClicks(code: string, clicks: number): Promise<void> {
  await links.dynamodb.send(
    new UpdateItemCommand({
      TableName: links.table,
      Key: { pk: { S: `L#${code}` }, sk: { S: 'clicks' } },
      UpdateExpression: 'SET clicks = :clicks',
      ExpressionAttributeValues: { ':clicks': { N: String(clicks) } },
    }),
  )
}

async function stored(changes = {}) {
  const state = fullState(changes)
  await links.insert(state)
  const { code, tenant } = state.link
  const setCap = (maxClicks: number | null) => links.change({ code, tenant }, aChange({ maxClicks }))
  const clicksOf = async () => (await links.stateOf(code))?.clicks
  return { code, setCap, clicksOf }
}

test('a link without a cap has the clicks of the statistics, and one with a cap those of its counter', async () => {
  const plain = await stored()
  await countedClicks(plain.code, 7)
  expect(await plain.clicksOf()).toBe(7)
  const capped = await stored({ maxClicks: 5 })
  await countedClicks(capped.code, 7)
  await links.spend(capped.code)
  expect(await capped.clicksOf()).toBe(1)
})

test('a cap set later starts from the statistics', async () => {
  const { code, setCap, clicksOf } = await stored()
  await countedClicks(code, 7)
  expect(await setCap(8)).toMatchObject({ clicks: 7 })
  expect([await links.spend(code), await links.spend(code), await clicksOf()]).toEqual([8, 'refused', 8])
})

test('a cap set after another one starts from whichever counted more', async () => {
  const { code, setCap, clicksOf } = await stored({ maxClicks: 100 })
  for (let times = 0; times < 3; times++) await links.spend(code)
  await setCap(null)
  await countedClicks(code, 2)
  expect(await clicksOf()).toBe(3)
  await countedClicks(code, 9)
  expect(await clicksOf()).toBe(9)
  await setCap(20)
  expect([await clicksOf(), await links.spend(code)]).toEqual([9, 10])
  expect(await setCap(30)).toMatchObject({ clicks: 10 })
})
