import { setTimeout as delay } from 'node:timers/promises'
import type { ConsoleState } from '../../console/shared/wire.ts'
import { signToken } from '../local-cloud/issuer.ts'
import { isHealthy } from '../local-cloud/ministack.ts'
import { readOutputs } from '../local-cloud/outputs.ts'
import type { LocalCloud } from '../support/settings.ts'
import { busFeed } from './bus-feed.ts'
import { faultSwitch } from './faults.ts'
import { lineReader } from './function-lines.ts'
import { inventoryReader } from './inventory.ts'
import { liveFeed } from './live.ts'
import type { LocalServices } from './server.ts'
import { traceOf } from './spans.ts'

/** The time range of a trace's lines, in milliseconds. */
const TRACE_MS = 60 * 60 * 1000

export function localServices(cloud: LocalCloud): LocalServices {
  const inventory = inventoryReader(cloud)
  const readLines = lineReader(cloud)
  const pause = (ms: number, signal: AbortSignal) => delay(ms, undefined, { signal }).catch(() => {})
  return {
    inventory: inventory.read,
    trace: async (id) => traceOf(id, await readLines(Date.now() - TRACE_MS)),
    signToken: (claims) => signToken(cloud, claims),
    faults: faultSwitch(cloud),
    live: liveFeed({ bus: busFeed(cloud), inventory, readLines, pause, now: Date.now }),
  }
}

export async function localState(cloud: LocalCloud): Promise<ConsoleState> {
  if (!(await isHealthy(cloud.endpoint))) return { mode: 'local', isUp: false, stacks: [] }
  const { stacks } = await readOutputs(cloud)
  return {
    mode: 'local',
    isUp: true,
    stacks: Object.entries(stacks).flatMap(([name, { apiUrl, webSocketUrl }]) =>
      apiUrl === undefined ? [] : [{ name, apiUrl, ...(webSocketUrl !== undefined && { webSocketUrl }) }],
    ),
  }
}
