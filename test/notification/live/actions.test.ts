import { liveSteps } from '../../../functions/notification/live/actions.ts'
import { socketContext } from '../../support/socket-events.ts'

function world() {
  const live = new Map<string, string>()
  const steps = liveSteps({
    add: async ({ connectionId }, state) => void live.set(connectionId, state),
    remove: async ({ connectionId }) => void live.delete(connectionId),
  })
  return { live, steps }
}

test('a connection is known from its opening to its end', async () => {
  const { live, steps } = world()
  await steps.connect?.(socketContext())
  expect([...live.values()]).toEqual(['opening'])
  await steps.disconnect?.(socketContext())
  expect(live.size).toBe(0)
})

test('a ping restores a connection that was forgotten while it was opening, and shows that it is open', async () => {
  const { live, steps } = world()
  expect(await steps.actions.ping?.({ id: '1', action: 'ping', fields: {} }, socketContext())).toEqual({ ok: true })
  expect([...live.values()]).toEqual(['open'])
})
