import { createWorkerProviders, type ProviderStore } from '../../functions/notification/worker-providers.ts'
import type { FleetState } from '../../functions/shared/resilience/fleet-breaker.ts'
import { createLogger } from '../../functions/shared/telemetry/logger.ts'
import { aWebhook } from './webhooks/a-webhook.ts'

const { signal } = new AbortController()
const fails = async () => {
  throw new Error('unreachable')
}

/** The lines about the circuit of one webhook, to which one message is sent. */
async function linesFor(message: ReturnType<typeof aWebhook>, read: () => Promise<FleetState>) {
  const lines: string[] = []
  const store: ProviderStore = {
    readEndpoint: async () => undefined,
    health: { readFailingSince: async () => null, recordFailure: fails, recordSuccess: fails },
    disableEndpoint: fails,
    breakers: { read, move: async ({ to }) => ({ isOurs: true, state: to }) },
    isTest: async () => false,
  }
  const providers = createWorkerProviders({
    store,
    keep: fails,
    hasOutbox: false,
    configured: [],
    rates: {},
    limit: fails,
    urlRules: { allowInsecure: false, runtimeApi: undefined },
    sendReceipt: fails,
    logger: createLogger({ service: 'a-service', now: () => 0, write: (line) => lines.push(line) }),
    now: () => 1000,
    random: () => 0,
    startTimer: () => () => {},
  })
  await providers.send(message, signal)
  return lines
}

const webhook = aWebhook({ endpointId: 'ann@example.com', address: 'https://203.0.113.7/hook' })

test.each<[string[], () => Promise<FleetState>]>([
  [['circuit half-opened', 'circuit closed'], async () => ({ kind: 'open', until: 1000, version: 3 })],
  [['circuit unknown'], fails],
])('the lines %j of a webhook name neither its endpoint nor its address', async (messages, read) => {
  const lines = await linesFor(webhook, read)
  expect(lines.map((line) => JSON.parse(line))).toMatchObject(
    messages.map((message) => ({ message, provider: 'webhook' })),
  )
  expect(lines.join('\n')).not.toMatch(/ann@example\.com|203\.0\.113\.7/)
})
