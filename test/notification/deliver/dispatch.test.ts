import type { DynamoDBRecord } from 'aws-lambda'
import { dispatchHandler } from '../../../functions/notification/deliver/dispatch.ts'
import type { Turn } from '../../../functions/notification/deliver/turn.ts'
import type { BroadcastTurn } from '../../../functions/notification/domain/broadcast.ts'
import { toItem } from '../../../functions/notification/store/items.ts'
import { broadcastKey } from '../../../functions/notification/store/keys.ts'
import { readNewBroadcast } from '../../../functions/notification/store/new-broadcast.ts'
import { readNewTurn } from '../../../functions/notification/store/new-turn.ts'
import { lambdaContext } from '../../support/events.ts'
import { silentTelemetry } from '../../support/telemetry.ts'
import { CAUSE } from '../notifications.ts'

const id = { tenant: 'acme', id: 'b-1' }

/** A broadcast as the table's stream shows it, before and after a change. */
function change(before: number | undefined, after: number, broken: object = {}): DynamoDBRecord {
  const image = (turn: number) =>
    toItem({ ...broadcastKey(id), ...id, priority: 'bulk', turn, cause: CAUSE, ...broken })
  const dynamodb = { NewImage: image(after), ...(before !== undefined && { OldImage: image(before) }) }
  return { eventID: `e-${after}`, dynamodb } as DynamoDBRecord
}

async function dispatch(...Records: DynamoDBRecord[]) {
  const sent: { turns: Turn[]; broadcasts: BroadcastTurn[]; aside: string[] } = { turns: [], broadcasts: [], aside: [] }
  const handler = dispatchHandler({
    ...silentTelemetry(),
    readNewTurn,
    send: async (turns) => void sent.turns.push(...turns),
    readNewBroadcast,
    sendBroadcasts: async (turns) => void sent.broadcasts.push(...turns),
    setAside: async ({ id }) => void sent.aside.push(id),
  })
  await handler({ Records }, lambdaContext())
  return sent
}

test('a new turn of a broadcast is sent to its worker, and a change without one is not', async () => {
  const { correlationId, traceparent } = CAUSE
  const turn = { ...id, priority: 'bulk', cause: { correlationId, traceparent } }
  const sent = await dispatch(change(undefined, 1), change(1, 1), change(1, 2))
  expect(sent).toEqual({ turns: [], broadcasts: [turn, turn], aside: [] })
})

test('a broadcast that can’t be read is set aside, and holds up nothing', async () => {
  const sent = await dispatch(change(undefined, 1, { cause: null }), change(1, 2))
  expect([sent.aside, sent.broadcasts.length]).toEqual([['e-1'], 1])
})
