import type { ClientOptions } from './create-send.ts'
import { type AwsEnvironment, awsEnvironment, type ServiceName } from './environment.ts'

export interface ClientConfig extends AwsEnvironment {
  maxAttempts: number
  retryMode: string
  defaultsMode: 'standard'
  useDualstackEndpoint: boolean
  useFipsEndpoint: boolean
  userAgentAppId: () => Promise<string | undefined>
  authSchemePreference: string[]
  disableClockSkewCorrection: boolean
  requestHandler: { httpsAgent: { keepAlive: boolean; maxSockets: number } }
}

/**
 * Returns the settings of an SDK client, all of them explicit: for each omitted setting the SDK searches the
 * environment and then files in a home directory that Lambda doesn't have, which lengthens a cold start
 * (docs/decisions/0015). The endpoint is computed here, because the SDK's own endpoint rules take as long as a tenth of
 * a cold start.
 *
 * @throws Error naming the variable of Lambda's environment that is missing.
 */
export function clientConfig(service: ServiceName): ClientConfig {
  return {
    ...awsEnvironment(service),
    // Our own policies retry: see `createSend`.
    maxAttempts: 1,
    retryMode: 'standard',
    defaultsMode: 'standard',
    useDualstackEndpoint: false,
    useFipsEndpoint: false,
    userAgentAppId: async () => undefined,
    authSchemePreference: ['sigv4'],
    disableClockSkewCorrection: false,
    requestHandler: { httpsAgent: { keepAlive: true, maxSockets: 50 } },
  }
}

export interface RegionalOptions extends ClientOptions {
  /** @default the function's own */
  region?: string
}

/** Returns the settings of a client of a service in another region, as a backup has one. */
export function regionalConfig(service: ServiceName, { region }: RegionalOptions): ClientConfig {
  const config = clientConfig(service)
  if (region === undefined || region === config.region) return config
  return { ...config, region, endpoint: config.endpoint.replace(`.${config.region}.`, `.${region}.`) }
}
