import { createAnnounce } from '../../../functions/chat/connect/announce.ts'
import type { PresenceCheck } from '../../../functions/chat/domain/presence.ts'
import { recordedTelemetry } from '../../support/telemetry.ts'

const { signal } = new AbortController()
const check = { tenant: 'acme', user: 'ann', connectionId: 'c1' }

test('a check is asked for a second later, so that what opens and closes at once is one change', async () => {
  const asked: [PresenceCheck, number][] = []
  let loads = 0
  const announce = createAnnounce({
    async loadCheckLater() {
      loads += 1
      return async (each, delayMs) => void asked.push([each, delayMs])
    },
    logger: recordedTelemetry().telemetry.logger,
  })
  await announce(check, signal)
  await announce(check, signal)
  expect(asked).toEqual([
    [check, 1000],
    [check, 1000],
  ])
  expect(loads).toBe(1)
})

test('a queue that is out of reach is logged, and refuses no connection', async () => {
  const { telemetry, lines } = recordedTelemetry()
  const announce = createAnnounce({
    loadCheckLater: async () => () => Promise.reject(new Error('unreachable')),
    logger: telemetry.logger,
  })
  await announce(check, signal)
  expect(lines).toMatchObject([{ level: 'WARN', message: 'presence not announced' }])
})
