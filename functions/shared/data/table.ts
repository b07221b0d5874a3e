import type { AttributeValue } from '@aws-sdk/client-dynamodb'
import { logCallEvents } from '../aws/create-send.ts'
import { createDynamoDB, type DynamoDB } from '../aws/dynamodb.ts'
import { requiredEnv } from '../config/env.ts'
import { createRuntime, type Runtime } from '../runtime.ts'

/**
 * A table, as stores use it: its client and its name. A store's other dependencies (randomness, a timer) are in options
 * that extend this type, so that they can be passed on unchanged.
 */
export interface Table {
  readonly client: DynamoDB
  readonly tableName: string
}

/**
 * Creates the table that the stack names in `TABLE_NAME`, with a client that logs its failures. One for each function.
 *
 * @throws Error when the variable is missing.
 */
export function tableOfEnvironment({ now, random, logger }: Pick<Runtime, 'now' | 'random' | 'logger'>): Table {
  const client = createDynamoDB({ now, random, onEvent: logCallEvents(logger, 'dynamodb') })
  return { client, tableName: requiredEnv('TABLE_NAME') }
}

/** Creates the runtime of a function that has a table: see `createRuntime` and `tableOfEnvironment`. */
export function createTableRuntime(service: string): Runtime & { table: Table } {
  const runtime = createRuntime(service)
  return { ...runtime, table: tableOfEnvironment(runtime) }
}

/** An item or a key, with attributes in DynamoDB's own format (`{ S: 'a' }`). */
export type Item = Record<string, AttributeValue>
