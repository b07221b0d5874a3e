import { existsSync, globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { JourneyModule } from '../../lib/shared/journey.ts'
import { signToken } from '../local-cloud/issuer.ts'
import type { Outputs } from '../local-cloud/outputs.ts'
import { kebabCase, pascalCase } from '../support/case.ts'
import { type LocalCloud, localCloudOnPort, ROOT } from '../support/settings.ts'
import { UserError } from '../support/user-error.ts'
import { runJourney } from './run-journey.ts'
import { checkToken, HOW_TO_GET_ONE } from './token-claims.ts'

const USAGE =
  'npm run -s smoke -- <Stack> [--url https://abc123.execute-api.eu-west-1.amazonaws.com] [--web-socket-url wss://…] [--token <jwt>]'

/**
 * `npm run -s smoke -- <Stack> [--url <API's URL>] [--web-socket-url <URL>] [--token <jwt>]`: smoke-tests a deployment
 * with the system's journey. The default URLs are those of the local cloud, for which the tool's own issuer signs a
 * token. `SMOKE_TOKEN` is the other way to pass a token: npm prints its arguments unless it is run with `-s`.
 */
export async function smoke(args: string[], env: NodeJS.ProcessEnv = process.env): Promise<void> {
  const { stack, url: givenUrl, webSocketUrl, token: givenToken = env.SMOKE_TOKEN || undefined } = parse(args)
  const { scope, journey } = await journeyOf(stack)
  const url = givenUrl === undefined ? localUrl(localCloudOnPort(env), stack) : apiUrl(givenUrl)
  if (givenUrl !== undefined && givenToken === undefined) {
    throw new UserError(
      `--url requires an access token with a tenant and the scopes ${scope}, as --token or in SMOKE_TOKEN; ${HOW_TO_GET_ONE}.`,
    )
  }
  const token = givenToken ?? (await localToken(localCloudOnPort(env), scope))
  checkToken(token, { scope, now: Date.now() })
  console.log(`${stack}  ${url}\n`)
  const sockets = webSocketUrl ?? (givenUrl === undefined ? localWebSocketUrl(localCloudOnPort(env), stack) : undefined)
  const failures = await runJourney({ url, webSocketUrl: sockets, token, journey, print: console.log })
  if (failures.length > 0) process.exitCode = 1
  else console.log(`\nAll steps passed: ${stack} works at this URL.`)
}

interface Arguments {
  readonly stack: string
  readonly url?: string | undefined
  readonly webSocketUrl?: string | undefined
  readonly token?: string | undefined
}

function parse(args: string[]): Arguments {
  const option = { type: 'string' } as const
  try {
    const { values, positionals } = parseArgs({
      args,
      options: { url: option, 'web-socket-url': option, token: option },
      allowPositionals: true,
    })
    const [stack, ...others] = positionals
    if (stack === undefined || others.length > 0) throw new Error('Name one stack.')
    return { stack, url: values.url, token: values.token, webSocketUrl: values['web-socket-url'] }
  } catch (error) {
    throw new UserError(`${(error as Error).message} Usage: ${USAGE}`)
  }
}

/** Lists the stacks that have a journey. */
export function stacksWithJourney(): string[] {
  return globSync('lib/*/journey.ts', { cwd: ROOT })
    .map((file) => file.split(/[\\/]/)[1] ?? '')
    .filter((system) => system !== 'shared')
    .map(pascalCase)
}

/** @throws UserError when the stack has no journey. */
export async function journeyOf(stack: string): Promise<JourneyModule> {
  const known = stacksWithJourney()
  if (!known.includes(stack)) {
    throw new UserError(`${stack} has no journey: choose one of ${known.join(', ')}.`)
  }
  return import(join(ROOT, 'lib', kebabCase(stack), 'journey.ts'))
}

function apiUrl(text: string): string {
  if (!/^https?:\/\//.test(text) || !URL.canParse(text)) {
    throw new UserError(`--url ${text} is not a URL: use the stack's output ApiUrl.`)
  }
  return text.replace(/\/+$/, '')
}

/** Finds the stack's URL in the last deployment to the port's local cloud. */
function localUrl(cloud: LocalCloud, stack: string): string {
  const url = readOutputs(cloud)?.stacks[stack]?.apiUrl
  if (url === undefined) {
    throw new UserError(
      `${stack} is not deployed to the local cloud on port ${cloud.port}: run "npm start", or pass a URL with --url.`,
    )
  }
  return url
}

/** Finds the URL of the stack's WebSocket API; `undefined` if it has none. */
function localWebSocketUrl(cloud: LocalCloud, stack: string): string | undefined {
  return readOutputs(cloud)?.stacks[stack]?.webSocketUrl
}

/** Signs with the issuer of the local cloud, or of the given endpoint, that the stacks were deployed to. */
async function localToken(cloud: LocalCloud, scope: string): Promise<string> {
  const endpoint = readOutputs(cloud)?.endpoint ?? cloud.endpoint
  return signToken({ ...cloud, endpoint }, { sub: 'smoke', tenant: 'smoke', scope })
}

function readOutputs({ directory }: LocalCloud): Outputs | undefined {
  const file = join(directory, 'outputs.json')
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined
}
