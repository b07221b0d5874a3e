import { SendMessageBatchCommand } from '@aws-sdk/client-sqs'
import type { Click } from '../../../functions/url-shortener/domain/click.ts'
import { eventually } from '../../support/eventually.ts'
import { aClient } from '../a-client.ts'
import { withFaults } from '../consumer-faults.ts'
import { listen, physicalId, sqs } from '../deployed.ts'
import { aClick, visitor } from './a-click.ts'
import { COUNTED, countingFailedSince } from './counting.ts'

const QueueUrl = await physicalId('AWS::SQS::Queue', 'ClicksQueue')
const bus = await listen()
afterAll(async () => {
  await bus.stop()
  sqs.destroy()
})

/** The interval of a link's events, and as much time again for a busy machine. */
const NEXT_EVENT = { deadlineMs: 180_000 }

const send = (clicks: readonly Click[]) =>
  sqs.send(
    new SendMessageBatchCommand({
      QueueUrl,
      Entries: clicks.map((click, index) => ({ Id: String(index), MessageBody: JSON.stringify(click) })),
    }),
  )

/** @proves url-shortener/clicked-events-once */
test('clicks that could not be counted at first, and came twice, are in one event each, a minute after the one before', async () => {
  const { tenant, create, send: ask } = await aClient()
  const { code } = await create()
  const click = (id: number) => aClick(`${code}-${id}`, { code, tenant, at: Date.now(), visitor: visitor(id) })
  const clicked = async (count: number) =>
    (await bus.eventsOf(code, 1 + count, NEXT_EVENT)).filter(({ type }) => type === 'url-shortener.link.clicked')
  await send([click(1), click(2)])
  const [early] = await clicked(1)

  await withFaults({ function: 'CountClicks', queue: 'ClicksQueue' }, 'dynamodb.TransactWriteItems', async (mend) => {
    const sentAt = Date.now()
    const late = [3, 4, 5, 6].map(click)
    await send([...late, ...late])
    await eventually(async () => expect(await countingFailedSince(sentAt)).toBe(true))
    await mend()
    await eventually(async () => expect((await ask(`/v1/links/${code}`)).json.clicks).toBe(6), COUNTED)
    const all = await eventually(async () => {
      const events = await clicked(2)
      expect(events.at(-1)?.data).toMatchObject({ total: 6 })
      return events
    }, NEXT_EVENT)
    expect(all[0]).toEqual(early)
    expect(all.reduce((sum, { data }) => sum + (data as { clicks: number }).clicks, 0)).toBe(6)
    expect(all.map(({ sequence }) => sequence)).toEqual(all.map((_, index) => index + 2))
    const times = all.map(({ time }) => Date.parse(time))
    for (const [index, at] of times.slice(1).entries()) expect(at - (times[index] ?? 0)).toBeGreaterThanOrEqual(60_000)
  })
})
