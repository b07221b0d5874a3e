import { createConnections } from '../../functions/shared/aws/connections.ts'
import { printOutcomes } from './print-outcomes.ts'

// Makes every call to the connections of a WebSocket API, and prints each outcome: see connections-bundle.test.ts.

const endpoint = String(process.env.AWS_ENDPOINT_URL)
const connections = createConnections({ endpoint, now: Date.now, random: () => 0 })
const once = { once: true, onceMs: 5000 }

const CALLS = {
  PostToConnection: () => connections.post('a-connection', 'hello', once),
  GetConnection: () => connections.isOpen('a-connection', once),
  DeleteConnection: () => connections.close('a-connection', once),
}

/** The operations that this program makes. */
export type ConnectionOperation = keyof typeof CALLS

await printOutcomes(CALLS)
