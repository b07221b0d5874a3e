import { createTickets } from '../shared/auth/tickets.ts'
import { tableOfEnvironment } from '../shared/data/table.ts'
import { randomBytes } from '../shared/ids/random-bytes.ts'
import { createRuntime } from '../shared/runtime.ts'
import { ticketAuthorizer } from '../shared/websocket/ticket-authorizer.ts'

const runtime = createRuntime('notification-authorize')
const { now, telemetry } = runtime
const { take } = createTickets({ ...tableOfEnvironment(runtime), now, randomBytes })

export const handler = ticketAuthorizer({ ...telemetry, take })
