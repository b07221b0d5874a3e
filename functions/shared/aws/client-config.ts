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
 * The settings of every SDK client, all of them given: for each one that is left out the SDK looks into the environment
 * and then into files of a home directory that Lambda doesn't have, which costs a cold start (docs/decisions/0015). The
 * endpoint is worked out here, as the SDK's own rules for it take as long as a tenth of a cold start.
 *
 * @throws Error naming the variable of Lambda's environment that is missing.
 */
export function clientConfig(service: ServiceName): ClientConfig {
  return {
    ...awsEnvironment(service),
    // Our own policies try again: see `createSend`.
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
