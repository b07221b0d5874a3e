import { join, resolve } from 'node:path'
import { UserError } from './user-error.ts'

export const ROOT = resolve(import.meta.dirname, '../..')
export const LOCAL = join(ROOT, '.local')
export const REGION = 'us-east-1'
/** Credentials that every LocalStack-compatible endpoint accepts, and the account that they belong to. */
export const CREDENTIALS = { accessKeyId: 'test', secretAccessKey: 'test' }
export const ACCOUNT = '000000000000'

/** The local cloud that a command uses. */
export interface LocalCloud {
  readonly port: number
  readonly endpoint: string
  /** True if the endpoint is not ours (`AWS_ENDPOINT_URL`): then nothing is started or stopped. */
  readonly given: boolean
  /** True to enforce IAM policies and signatures, if the engine can (`AUTH=true`). */
  readonly auth: boolean
  readonly directory: string
}

/**
 * Reads `STACKYARD_PORT`, `AWS_ENDPOINT_URL` and `AUTH`.
 *
 * @throws UserError that names the variable.
 */
export function localCloud(env: NodeJS.ProcessEnv = process.env): LocalCloud {
  const text = env.STACKYARD_PORT || '4566'
  const port = Number(text)
  if (!/^\d+$/.test(text) || port < 1 || port > 65_535) {
    throw new UserError(`STACKYARD_PORT=${text} is not a port: use a number from 1 to 65535.`)
  }
  const endpoint = env.AWS_ENDPOINT_URL
  return {
    port,
    endpoint: endpoint ? givenEndpoint(endpoint) : `http://127.0.0.1:${port}`,
    given: Boolean(endpoint),
    auth: env.AUTH === 'true',
    directory: join(LOCAL, String(port)),
  }
}

/**
 * Returns the local cloud of `STACKYARD_PORT`, for commands that inspect, empty or stop a cloud that this project runs:
 * they ignore `AWS_ENDPOINT_URL`, which belongs to someone else.
 *
 * @throws UserError that names the variable.
 */
export function localCloudOnPort(env: NodeJS.ProcessEnv = process.env): LocalCloud {
  return localCloud({ ...env, AWS_ENDPOINT_URL: undefined })
}

function givenEndpoint(value: string): string {
  if (!URL.canParse(value) || !/^https?:$/.test(new URL(value).protocol)) {
    throw new UserError(`AWS_ENDPOINT_URL=${value} is not a URL, as in http://127.0.0.1:4566.`)
  }
  // A host name may end with a dot.
  const host = new URL(value).hostname.replace(/\.+$/, '')
  if (/(^|\.)(amazonaws\.com(\.cn)?|api\.aws)$/.test(host)) {
    throw new UserError(
      'AWS_ENDPOINT_URL names AWS itself: these commands are for a local cloud; for AWS use "npx cdk deploy".',
    )
  }
  return value.replace(/\/+$/, '')
}

/** Variables of the user's own: their AWS settings, and proxies, which can't reach this machine's loopback. */
const NOT_PASSED_ON = /^AWS_|^CDK_|^(https?|all|no)_proxy$/i

/** The environment of a tool that talks to the local cloud: none of the user's own AWS settings reach it. */
export function awsEnvironment(cloud: LocalCloud): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(([name]) => !NOT_PASSED_ON.test(name))
  return {
    ...Object.fromEntries(own),
    AWS_ENDPOINT_URL: cloud.endpoint,
    AWS_ACCESS_KEY_ID: CREDENTIALS.accessKeyId,
    AWS_SECRET_ACCESS_KEY: CREDENTIALS.secretAccessKey,
    AWS_REGION: REGION,
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
    AWS_EC2_METADATA_DISABLED: 'true',
    CDK_DISABLE_VERSION_CHECK: 'true',
  }
}

/** Options of all SDK clients of the tool. */
export function clientConfig(cloud: LocalCloud) {
  return { endpoint: cloud.endpoint, region: REGION, credentials: CREDENTIALS }
}
