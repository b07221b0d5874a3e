import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { parseArgs } from 'node:util'
import type { ConsoleState } from '../../console/shared/wire.ts'
import { isInterrupted } from '../support/interruption.ts'
import { poll } from '../support/processes.ts'
import { localCloud } from '../support/settings.ts'
import { UserError } from '../support/user-error.ts'
import { pageBundler } from './bundle.ts'
import { consoleUrl, startConsole } from './process.ts'
import { createConsoleServer, hostOf } from './server.ts'

const USAGE = 'npm run console -- <Stack> --url <api url> [--web-socket-url <url>]'

/**
 * `npm run console [-- <Stack> --url <api url> [--web-socket-url <url>]]`: prints the URL of the local cloud's console,
 * and starts it if necessary; with an API's URL, serves the page for that deployment until it is interrupted.
 */
export async function consoleCommand(args: string[]): Promise<void> {
  const deployment = parse(args)
  if (deployment) return serveDeployment(deployment)
  const cloud = localCloud()
  console.log(consoleUrl(cloud) ?? (await startConsole(cloud)))
}

interface Deployment {
  name: string
  apiUrl: string
  webSocketUrl?: string
}

function parse(args: string[]): Deployment | undefined {
  const option = { type: 'string' } as const
  let parsed: ReturnType<typeof parseArgs>
  try {
    parsed = parseArgs({ args, allowPositionals: true, options: { url: option, 'web-socket-url': option } })
  } catch (error) {
    throw new UserError(`${(error as Error).message} Usage: ${USAGE}`)
  }
  const { url, 'web-socket-url': webSocketUrl } = parsed.values
  const [name] = parsed.positionals
  if (name === undefined && url === undefined) return undefined
  if (name === undefined || typeof url !== 'string') throw new UserError(`Name a stack and its URL: ${USAGE}`)
  return {
    name,
    apiUrl: checked(url, /^https?:$/),
    ...(typeof webSocketUrl === 'string' && { webSocketUrl: checked(webSocketUrl, /^wss?:$/) }),
  }
}

function checked(text: string, protocol: RegExp): string {
  const url = URL.parse(text)
  if (!url || !protocol.test(url.protocol))
    throw new UserError(`"${text}" is not a URL of the kind expected here. Usage: ${USAGE}`)
  return text.replace(/\/+$/, '')
}

async function serveDeployment(deployment: Deployment): Promise<void> {
  const secret = randomBytes(24).toString('base64url')
  const state: ConsoleState = { mode: 'aws', isUp: true, stacks: [deployment] }
  const server = createConsoleServer({ secret, page: pageBundler(), state: async () => state })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  console.log(`http://${hostOf(server)}/?secret=${secret}`)
  console.log('Paste an access token into the page. Press Ctrl-C to stop the console.')
  await poll(isInterrupted, Number.POSITIVE_INFINITY)
  server.close()
  server.closeAllConnections()
}
