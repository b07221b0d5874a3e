import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createDynamoDB, type DynamoDB } from '../../functions/shared/aws/dynamodb.ts'
import { type StartTimer, startTimer } from '../../functions/shared/resilience/timer.ts'
import { signToken, type TokenClaims } from '../../tools/local-cloud/issuer.ts'
import type { Outputs } from '../../tools/local-cloud/outputs.ts'
import { stackResources } from '../../tools/local-cloud/stacks.ts'
import { clientConfig, localCloud } from '../../tools/support/settings.ts'

/** The local cloud that the tests run against: `STACKYARD_PORT` names it, as for every command. */
const cloud = localCloud()

/** Options of a test's SDK clients. */
export const sdkConfig = clientConfig(cloud)

/** Returns the URL of a deployed stack's HTTP API. */
export function apiUrl(stack: string): string {
  return outputOf(stack, 'apiUrl')
}

/** Returns the URL of a deployed stack's WebSocket API. */
export function webSocketUrl(stack: string): string {
  return outputOf(stack, 'webSocketUrl')
}

function outputOf(stack: string, name: 'apiUrl' | 'webSocketUrl'): string {
  const outputs: Outputs = JSON.parse(readFileSync(join(cloud.directory, 'outputs.json'), 'utf8'))
  const url = outputs.stacks[stack]?.[name]
  if (!url) throw new Error(`The stack ${stack} is not deployed on port ${cloud.port}, or has no ${name}.`)
  return url
}

/** Returns the name of a stack's only table. */
export async function tableName(stack: string): Promise<string> {
  const table = (await stackResources(cloud, stack)).find(({ type }) => type === 'AWS::DynamoDB::Table')
  if (!table) throw new Error(`The stack ${stack} has no table.`)
  return table.physicalId
}

/** Returns a new tenant: tests that share one share its limits and its lists, also when they run in parallel. */
export function newTenant(): string {
  return `tenant-${randomUUID()}`
}

export function token(claims: TokenClaims): Promise<string> {
  return signToken(cloud, claims)
}

/** A patient policy for tests of stores, because a local cloud on a busy machine is slower than DynamoDB. */
export function patientDynamoDB(): DynamoDB {
  return createDynamoDB({ now: Date.now, random: Math.random, tryMs: 20_000 })
}

/**
 * A deadline for limits and refunds in tests of stores: their own budgets, of a second at most, are meant for DynamoDB.
 */
export const patientTimer: StartTimer = (callback, ms) => startTimer(callback, 20 * ms)

/** Sets the variables that Lambda sets, so that a function's own clients call the local cloud. */
export function setFunctionEnvironment(): void {
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: sdkConfig.endpoint,
    AWS_REGION: sdkConfig.region,
    AWS_ACCESS_KEY_ID: sdkConfig.credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: sdkConfig.credentials.secretAccessKey,
  })
}
