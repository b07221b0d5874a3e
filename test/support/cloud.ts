import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createDynamoDB, type DynamoDB } from '../../functions/shared/data/dynamodb.ts'
import { type StartTimer, startTimer } from '../../functions/shared/resilience/timer.ts'
import { signToken, type TokenClaims } from '../../tools/local-cloud/issuer.ts'
import type { Outputs } from '../../tools/local-cloud/outputs.ts'
import { stackResources } from '../../tools/local-cloud/stacks.ts'
import { clientConfig, localCloud } from '../../tools/support/settings.ts'

/** The local cloud that the tests run against: `STACKYARD_PORT` names it, as for every command. */
const cloud = localCloud()

/** For SDK clients of a test. */
export const sdkConfig = clientConfig(cloud)

/** Where a deployed stack's HTTP API answers. */
export function apiUrl(stack: string): string {
  const outputs: Outputs = JSON.parse(readFileSync(join(cloud.directory, 'outputs.json'), 'utf8'))
  const url = outputs.stacks[stack]?.apiUrl
  if (!url) throw new Error(`The stack ${stack} is not deployed on port ${cloud.port}.`)
  return url
}

/** The name of a stack's only table. */
export async function tableName(stack: string): Promise<string> {
  const table = (await stackResources(cloud, stack)).find(({ type }) => type === 'AWS::DynamoDB::Table')
  if (!table) throw new Error(`The stack ${stack} has no table.`)
  return table.physicalId
}

/** A tenant that nobody else has: tests that share one share its limits and its lists, also side by side. */
export function newTenant(): string {
  return `tenant-${randomUUID()}`
}

export function token(claims: TokenClaims): Promise<string> {
  return signToken(cloud, claims)
}

/** For tests of stores: patient, because a local cloud on a busy machine is slower than DynamoDB. */
export function patientDynamoDB(): DynamoDB {
  return createDynamoDB({ now: Date.now, random: Math.random, tryMs: 20_000 })
}

/** For limits and refunds in tests of stores: their budgets, of a second at most, are meant for DynamoDB. */
export const patientTimer: StartTimer = (callback, ms) => startTimer(callback, 20 * ms)

/** Sets what Lambda sets, so that a function's own clients talk to the local cloud. */
export function setFunctionEnvironment(): void {
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: sdkConfig.endpoint,
    AWS_REGION: sdkConfig.region,
    AWS_ACCESS_KEY_ID: sdkConfig.credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: sdkConfig.credentials.secretAccessKey,
  })
}
