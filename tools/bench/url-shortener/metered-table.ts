import { createDynamoDB, type DynamoDB } from '../../../functions/shared/aws/dynamodb.ts'
import { unitsOf } from '../../cost/capacity.ts'
import { stackResources } from '../../local-cloud/stacks.ts'
import { clientConfig, type LocalCloud } from '../../support/settings.ts'

/** The calls of a client since the last reset, and what DynamoDB charges for them. */
export interface Use {
  read: number
  write: number
  calls: number
}

/** The table of the deployed stack, with a client that adds up what its calls take. */
export interface MeteredTable {
  readonly client: DynamoDB
  /** The same client without the meter. */
  readonly bare: DynamoDB
  readonly tableName: string
  readonly use: Use
}

/** Finds the table of the URL shortener on a local cloud. */
export async function meteredTable(cloud: LocalCloud): Promise<MeteredTable> {
  const { endpoint, region, credentials } = clientConfig(cloud)
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: endpoint,
    AWS_REGION: region,
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
  })
  const [found] = (await stackResources(cloud, 'UrlShortener')).filter(({ type }) => type === 'AWS::DynamoDB::Table')
  const dynamodb = createDynamoDB({ now: Date.now, random: Math.random, tryMs: 20_000 })
  return { ...metered(dynamodb), bare: dynamodb, tableName: found?.physicalId ?? '' }
}

/** The errors of writes whose conditions failed, which DynamoDB charges. */
const REFUSALS = ['ConditionalCheckFailedException', 'TransactionCanceledException']

/** Wraps a client so that it adds up the units of its calls. */
function metered(dynamodb: DynamoDB): Pick<MeteredTable, 'client' | 'use'> {
  const use: Use = { read: 0, write: 0, calls: 0 }
  const add = (command: { input: object }, output: unknown) => {
    const operation = command.constructor.name.replace(/Command$/, '')
    const { read, write } = unitsOf({ operation, input: { ...command.input }, output: Object(output) })
    Object.assign(use, { read: use.read + read, write: use.write + write, calls: use.calls + 1 })
  }
  const client: DynamoDB = {
    async send(command, options) {
      Object.assign(command.input, { ReturnConsumedCapacity: 'TOTAL' })
      try {
        const output = await dynamodb.send(command, options)
        add(command, output)
        return output
      } catch (error) {
        if (REFUSALS.includes((error as Error).name)) add(command, error)
        throw error
      }
    },
  }
  return { client, use }
}
