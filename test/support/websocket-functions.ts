import * as z from 'zod/mini'
import { createTickets } from '../../functions/shared/auth/tickets.ts'
import { connectionsOfEnvironment } from '../../functions/shared/aws/connections.ts'
import { tableOfEnvironment } from '../../functions/shared/data/table.ts'
import { randomBytes } from '../../functions/shared/ids/random-bytes.ts'
import { startTimer } from '../../functions/shared/resilience/timer.ts'
import { createRuntime } from '../../functions/shared/runtime.ts'
import { createMetrics } from '../../functions/shared/telemetry/metrics.ts'
import { action } from '../../functions/shared/websocket/action.ts'
import { SOCKET_METRICS, socketHandler } from '../../functions/shared/websocket/socket-handler.ts'
import { ticketAuthorizer } from '../../functions/shared/websocket/ticket-authorizer.ts'

// The functions of `websocket-stack.ts`: an authorizer, and everything else.

const runtime = createRuntime('sockets')
const { now, telemetry } = runtime

function authorizer() {
  return ticketAuthorizer({
    ...telemetry,
    take: createTickets({ ...tableOfEnvironment(runtime), now, randomBytes }).take,
  })
}

function sockets() {
  const connections = connectionsOfEnvironment(runtime)
  const other = z.strictObject({ to: z.string() })
  return socketHandler({
    ...telemetry,
    metrics: createMetrics({ namespace: 'Test', names: SOCKET_METRICS, stack: 'test' }),
    actions: {
      who: async (_, { connection: { scopes, ...connection } }) => ({ ok: true, ...connection, scopes: [...scopes] }),
      post: action(z.strictObject({ to: z.string(), text: z.string() }), async ({ to, text }, { signal }) => ({
        ok: true,
        outcome: await connections.post(to, JSON.stringify({ t: 'text', text }), { signal }),
      })),
      close: action(other, async ({ to }, { signal }) => ({
        ok: true,
        outcome: await connections.close(to, { signal }),
      })),
      look: action(other, async ({ to }, { signal }) => ({
        ok: true,
        isOpen: await connections.isOpen(to, { signal }),
      })),
      pause: action(z.strictObject({ ms: z.number() }), async ({ ms }) => {
        const from = now()
        await new Promise<void>((resolve) => startTimer(resolve, ms))
        return { ok: true, from, to: now() }
      }),
      fail: async () => {
        throw new Error('what a client never sees')
      },
      crash: async () => process.exit(1),
    },
  })
}

export const handler = process.env.ROLE === 'Authorizer' ? authorizer() : sockets()
