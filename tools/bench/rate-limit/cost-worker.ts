import { randomUUID } from 'node:crypto'
import { type Ask, type Contender, createContender, type Setting } from './contenders.ts'
import { type Meter, type Metered, meteredEndpoint } from './metered-endpoint.ts'
import { meteredRedis } from './metered-redis.ts'

// Runs in one process of the benchmark: measures the cost of each kind of decision, for the limiter that its only
// argument names.

export interface Costs {
  /** Each is the cost of one decision. */
  admitted: Metered
  denied: Metered
  known: Metered
  /** The number of admitted requests, of the 40 % that are left, after a request for 50 % at once was denied. */
  leftAfterHeavy: number
}

const KNOWN = 50

async function measure(contender: Contender, setting: Setting): Promise<Costs> {
  const { ask, meter } = await meteredContender(contender, setting)
  const subject = randomUUID()
  const perDecision = async (decisions: number): Promise<Metered> => {
    await meter.take()
    for (let index = 0; index < decisions; index++) await ask(subject, 1)
    const { calls, units } = await meter.take()
    return { calls: calls / decisions, units: units / decisions }
  }
  const admitted = await perDecision(setting.limit)
  const denied = await perDecision(1)
  const known = await perDecision(KNOWN)
  return { admitted, denied, known, leftAfterHeavy: await leftAfterHeavy(ask, setting.limit) }
}

async function meteredContender(contender: Contender, setting: Setting): Promise<{ ask: Ask; meter: Meter }> {
  if (contender === 'flexible-redis') {
    return { ask: await createContender(contender, setting), meter: meteredRedis(setting.redis ?? '') }
  }
  const { endpoint, ...meter } = await meteredEndpoint(setting.endpoint)
  // The SDK's clients take the endpoint from here; this process does nothing else.
  process.env.AWS_ENDPOINT_URL = endpoint
  return { ask: await createContender(contender, { ...setting, endpoint }), meter }
}

async function leftAfterHeavy(ask: Ask, limit: number): Promise<number> {
  const subject = randomUUID()
  await ask(subject, limit * 0.6)
  await ask(subject, limit * 0.5)
  let admitted = 0
  for (let index = 0; index < limit * 0.4; index++) if ((await ask(subject, 1)) === 'admitted') admitted += 1
  return admitted
}

const { contender, setting } = JSON.parse(process.argv[2] ?? '')
const costs = await measure(contender, setting)
process.stderr.write(`\n${JSON.stringify(costs)}\n`, () => process.exit())
