import { randomBytes } from 'node:crypto'
import { type Journey, type JourneyContext, type JourneyModule, unmatchedSteps } from '../../lib/shared/journey.ts'
import { UserError } from '../support/user-error.ts'
import { type ClientOptions, createClient, redact } from './client.ts'
import { connectSocket } from './socket.ts'

export interface RunOptions extends ClientOptions {
  readonly journey: JourneyModule['journey']
  /** The URL of the WebSocket API, as in `wss://…`. @default none */
  readonly webSocketUrl?: string | undefined
  /** Receives a line for each step that passed, and for each failure. */
  readonly print: (line: string) => void
}

/** Creates a system's journey, plus the steps at the end of every journey. */
export function wholeJourney(journey: JourneyModule['journey'], context: JourneyContext): Journey {
  const { steps, cleanUp } = journey(context)
  return { steps: [...steps, ...unmatchedSteps(context)], cleanUp }
}

/** Runs the journey until a step fails, cleans up in any case, and returns the lines of the failures, if any. */
export async function runJourney({ journey, print, webSocketUrl, ...client }: RunOptions): Promise<string[]> {
  const failures: string[] = []
  /** Returns true if it succeeded. */
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
  const context: JourneyContext = {
    ask: createClient(client),
    connect: (ticket) => connectSocket({ url: webSocketUrl, ticket, timeout: client.timeout }),
    unique: randomBytes(4).toString('hex'),
  }
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
  return error instanceof UserError ? error.message : `error in the journey itself: ${error}`
}
