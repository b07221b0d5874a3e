import type { Ask, Journey, JourneyContext, JourneyModule } from '../../lib/shared/journey.ts'
import { signToken } from '../local-cloud/issuer.ts'
import { runJourney } from '../smoke/run-journey.ts'
import type { LocalCloud } from '../support/settings.ts'
import { UserError } from '../support/user-error.ts'
import { type Units, unitsOf } from './capacity.ts'
import { recording } from './recorder.ts'
import { servedBy } from './served-by.ts'
import type { StepUse } from './use-cost.ts'

/** A step while its calls are counted. */
interface Count {
  readonly name: string
  readonly requests: { readonly memory: number; readonly calls: Units[] }[]
}

/** A deployed stack. */
export interface Measured {
  readonly cloud: LocalCloud
  readonly stack: string
  readonly url: string
  /** Absent in a stack without a WebSocket API. */
  readonly webSocketUrl?: string | undefined
}

/**
 * Counts the calls of functions and of DynamoDB in each step of a journey. The journey runs twice: one-time work of a
 * cold function (prewarming, keys, a first health check) is not part of a request's cost.
 */
export async function measure(
  { cloud, stack, url, webSocketUrl }: Measured,
  { scope, journey, coreMs = {} }: JourneyModule,
): Promise<StepUse[]> {
  const token = await signToken(cloud, { sub: 'cost', tenant: 'cost', scope })
  const { functions, functionOf } = await servedBy(cloud, stack)
  let counts: Count[] = []
  const onAsk = (ask: Ask) => {
    const served = functionOf(ask)
    if (served) counts.at(-1)?.requests.push({ memory: served.MemorySize ?? 0, calls: [] })
  }
  const go = async () => {
    counts = []
    const counted = (context: JourneyContext) => countedJourney(journey, context, { counts, onAsk })
    const failures = await runJourney({ url, webSocketUrl, token, journey: counted, print: () => undefined })
    if (failures.length > 0)
      throw new UserError(`The journey of ${stack} failed, so nothing was counted: ${failures[0]}`)
  }
  await recording(
    { cloud, functions, onCall: (call) => counts.at(-1)?.requests.at(-1)?.calls.push(unitsOf(call)) },
    async () => {
      await go()
      await go()
    },
  )
  return counts
    .filter(({ name, requests }) => name !== CLEANING_UP && requests.length > 0)
    .map((count) => ({ ...count, coreMs: coreMs[count.name] ?? 0 }))
}

const CLEANING_UP = 'cleaning up'

interface Counting {
  readonly counts: Count[]
  readonly onAsk: (ask: Ask) => void
}

/** Wraps the journey with a count for each step; cleanup is counted apart. */
function countedJourney(
  journey: JourneyModule['journey'],
  context: JourneyContext,
  { counts, onAsk }: Counting,
): Journey {
  const ask: JourneyContext['ask'] = (asked) => {
    onAsk(asked)
    return context.ask(asked)
  }
  const { steps, cleanUp } = journey({ ...context, ask })
  const counted = (name: string, run: () => Promise<void>) => async () => {
    counts.push({ name, requests: [] })
    await run()
  }
  return {
    steps: steps.map(({ name, run }) => ({ name, run: counted(name, run) })),
    cleanUp: counted(CLEANING_UP, cleanUp),
  }
}
