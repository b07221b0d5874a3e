import { randomBytes } from 'node:crypto'
import { type Journey, type JourneyContext, type JourneyModule, unmatchedSteps } from '../../lib/shared/journey.ts'
import { UserError } from '../support/user-error.ts'
import { type ClientOptions, createClient, redact } from './client.ts'

export interface RunOptions extends ClientOptions {
  readonly journey: JourneyModule['journey']
  /** Gets a line for each step that passed, and for each failure. */
  readonly print: (line: string) => void
}

/** Makes a system's journey, with the steps at its end that every journey has. */
export function wholeJourney(journey: JourneyModule['journey'], context: JourneyContext): Journey {
  const { steps, cleanUp } = journey(context)
  return { steps: [...steps, ...unmatchedSteps(context)], cleanUp }
}

/** Goes the journey until a step fails, cleans up in any case, and gives the lines of what failed: none is good. */
export async function runJourney({ journey, print, ...client }: RunOptions): Promise<string[]> {
  const failures: string[] = []
  /** Whether it went well. */
  const attempt = async (name: string, run: () => Promise<void>): Promise<boolean> => {
    try {
      await run()
      return true
    } catch (error) {
      const line = `✖ ${name}: ${redact(reason(error), client.token)}`
      failures.push(line)
      print(line)
      return false
    }
  }
  const context = { ask: createClient(client), unique: randomBytes(4).toString('hex') }
  const { steps, cleanUp } = wholeJourney(journey, context)
  for (const { name, run } of steps) {
    const start = performance.now()
    if (!(await attempt(name, run))) break
    print(`✔ ${name} (${Math.round(performance.now() - start)} ms)`)
  }
  await attempt('cleaning up', cleanUp)
  return failures
}

function reason(error: unknown): string {
  return error instanceof UserError ? error.message : `the journey itself is wrong: ${error}`
}
