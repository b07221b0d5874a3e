import type { Journey, JourneyContext, JourneyModule } from '../../lib/shared/journey.ts'
import { signToken } from '../local-cloud/issuer.ts'
import type { LocalCloud } from '../local-cloud/settings.ts'
import { runJourney } from '../smoke/run-journey.ts'
import { UserError } from '../user-error.ts'
import { type Units, unitsOf } from './capacity.ts'
import { recording } from './recorder.ts'
import type { StepUse } from './use-cost.ts'

/** A step while it is counted. */
interface Count {
  readonly name: string
  requests: number
  readonly calls: Units[]
}

/**
 * What each step of a journey asks of the API and of DynamoDB, and the memory of the stack's functions in MB. The journey
 * is gone twice: what a cold function does once (prewarming, keys, a first look at its health) is no cost of a request.
 */
export async function measure(
  { cloud, stack, url }: { cloud: LocalCloud; stack: string; url: string },
  { scope, journey }: JourneyModule,
): Promise<{ steps: StepUse[]; memory: number }> {
  const token = await signToken(cloud, { sub: 'cost', tenant: 'cost', scope })
  let counts: Count[] = []
  const go = async () => {
    counts = []
    const counted = (context: JourneyContext) => countedJourney(journey, context, counts)
    const failures = await runJourney({ url, token, journey: counted, print: () => undefined })
    if (failures.length > 0)
      throw new UserError(`The journey of ${stack} fails, so that nothing counts: ${failures[0]}`)
  }
  const { memory } = await recording(
    { cloud, stack, onCall: (call) => counts.at(-1)?.calls.push(unitsOf(call)) },
    async () => {
      await go()
      await go()
    },
  )
  return { steps: counts.filter(({ name, calls }) => name !== CLEANING_UP && calls.length > 0), memory }
}

const CLEANING_UP = 'cleaning up'

/** The journey, with a count for each step; what the last step leaves to do is counted apart. */
function countedJourney(journey: JourneyModule['journey'], context: JourneyContext, counts: Count[]): Journey {
  const { steps, cleanUp } = journey({
    ...context,
    ask: async (ask) => {
      const answer = await context.ask(ask)
      const count = counts.at(-1)
      if (count) count.requests += 1
      return answer
    },
  })
  const counted = (name: string, run: () => Promise<void>) => async () => {
    counts.push({ name, requests: 0, calls: [] })
    await run()
  }
  return {
    steps: steps.map(({ name, run }) => ({ name, run: counted(name, run) })),
    cleanUp: counted(CLEANING_UP, cleanUp),
  }
}
