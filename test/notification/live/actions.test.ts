import { liveSteps } from '../../../functions/notification/live/actions.ts'
import { socketContext } from '../../support/socket-events.ts'

function world() {
  const live = new Set<string>()
  const steps = liveSteps({
    add: async ({ connectionId }) => void live.add(connectionId),
    remove: async ({ connectionId }) => void live.delete(connectionId),
  })
  return { live, steps }
}

test('a connection is live from its opening to its end', async () => {
  const { live, steps } = world()
  await steps.connect?.(socketContext())
  expect(live.size).toBe(1)
  await steps.disconnect?.(socketContext())
  expect(live.size).toBe(0)
})

test('a ping restores a connection that was removed as gone while it was opening', async () => {
  const { live, steps } = world()
  expect(await steps.actions.ping?.({ id: '1', action: 'ping', fields: {} }, socketContext())).toEqual({ ok: true })
  expect(live.size).toBe(1)
})
