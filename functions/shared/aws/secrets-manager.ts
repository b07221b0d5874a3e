import { SecretsManagerClient, type SecretsManagerClientResolvedConfig } from '@aws-sdk/client-secrets-manager'
import { clientConfig } from './client-config.ts'
import { type ClientOptions, createSend, type Send } from './create-send.ts'

/** Sends commands of `@aws-sdk/client-secrets-manager` under our policies: see `createSend`. */
export interface SecretsManager {
  send: Send<SecretsManagerClientResolvedConfig>
}

/** Secrets Manager responds in 20 ms, and occasionally takes more than a second. */
const TRY_MS = 1500

/** Creates the client for the function's own region, account and role. */
export function createSecretsManager(options: ClientOptions): SecretsManager {
  const client = new SecretsManagerClient(clientConfig({ host: 'secretsmanager', variable: 'SECRETS_MANAGER' }))
  return { send: createSend(client, { service: 'secretsmanager', tryMs: TRY_MS, ...options }) }
}
