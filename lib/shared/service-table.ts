import { Duration } from 'aws-cdk-lib'
import { MathExpression } from 'aws-cdk-lib/aws-cloudwatch'
import {
  AttributeType,
  BillingMode,
  ProjectionType,
  StreamViewType,
  Table,
  TableEncryption,
} from 'aws-cdk-lib/aws-dynamodb'
import { Grant, type GrantOnPrincipalOptions, type IGrantable } from 'aws-cdk-lib/aws-iam'
import { Key } from 'aws-cdk-lib/aws-kms'
import { Construct } from 'constructs'
import type { Alarms } from './alarms.ts'
import { removalPolicy, type Stage } from './settings.ts'

export interface ServiceTableProps {
  readonly stage: Stage
  readonly alarms: Alarms
  /**
   * Global secondary indexes; items without an index's keys are not in it.
   *
   * @default none
   */
  readonly indexes?: readonly TableIndex[]
  /**
   * True for a stream of changes, each with the item before and after it: an `Outbox` reads it. The stream costs
   * nothing by itself, and Lambda reads it free of charge.
   *
   * @default false
   */
  readonly stream?: boolean
  /**
   * True to encrypt items, indexes, stream and backups with a key of the stack's own, whose use CloudTrail records and
   * which can be disabled; $1 a month. Without it, DynamoDB encrypts them with a key of AWS.
   *
   * @default false
   */
  readonly ownKey?: boolean
}

/** An index by two attributes, both strings. */
export interface TableIndex {
  readonly name: string
  readonly partitionKey: string
  readonly sortKey: string
  /**
   * Attributes that the index holds beside all keys: with the keys alone, a change of another attribute writes no
   * index.
   *
   * @default 'all'
   */
  readonly attributes?: 'all' | 'keys'
}

/**
 * Actions on a table's own key that callers of DynamoDB need, who are checked beside DynamoDB's own rights
 * (https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/encryption.usagenotes.html).
 */
const KEY_ACTIONS = ['Decrypt', 'DescribeKey', 'Encrypt', 'GenerateDataKey', 'ReEncryptFrom', 'ReEncryptTo'].map(
  (action) => `kms:${action}`,
)

/** The attribute, in seconds since the epoch, after which DynamoDB may delete an item. */
export const TTL_ATTRIBUTE = 'ttl'

/**
 * The standard DynamoDB table of all systems: keys `pk` and `sk`, on-demand capacity, point-in-time recovery, items
 * that expire by `ttl`. In prod it outlives its stack and can't be deleted by mistake.
 */
export class ServiceTable extends Construct {
  readonly table: Table
  private readonly key: Key | undefined

  constructor(scope: Construct, id: string, props: ServiceTableProps) {
    super(scope, id)
    const { stage, alarms, indexes = [], stream = false, ownKey = false } = props
    // AWS makes new material each year and keeps the old one, so that nothing has to be encrypted again.
    const keyProps = { enableKeyRotation: true, removalPolicy: removalPolicy(stage) }
    this.key = ownKey ? new Key(this, 'Key', keyProps) : undefined
    this.table = new Table(this, 'Table', {
      partitionKey: { name: 'pk', type: AttributeType.STRING },
      sortKey: { name: 'sk', type: AttributeType.STRING },
      billingMode: BillingMode.PAY_PER_REQUEST,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      timeToLiveAttribute: TTL_ATTRIBUTE,
      removalPolicy: removalPolicy(stage),
      deletionProtection: stage === 'prod',
      ...(stream && { stream: StreamViewType.NEW_AND_OLD_IMAGES }),
      ...(this.key && { encryption: TableEncryption.CUSTOMER_MANAGED, encryptionKey: this.key }),
    })
    for (const { name, partitionKey, sortKey, attributes = 'all' } of indexes) {
      this.table.addGlobalSecondaryIndex({
        indexName: name,
        partitionKey: { name: partitionKey, type: AttributeType.STRING },
        sortKey: { name: sortKey, type: AttributeType.STRING },
        projectionType: attributes === 'all' ? ProjectionType.ALL : ProjectionType.KEYS_ONLY,
      })
    }
    for (const operation of ['Read', 'Write'] as const) {
      alarms.add(this, `${operation}ThrottlesAlarm`, {
        metric: this.throttles(operation),
        // Throttled operations are retried, so that a few only cost a client time.
        threshold: 10,
        description: `DynamoDB throttled ${operation.toLowerCase()}s: a hot key, or traffic that doubled within 30 minutes.`,
        runbook: 'table-throttles',
      })
    }
  }

  /**
   * Counts 0 where DynamoDB has no datapoint, as in every period without throttles: an alarm on its metrics may keep
   * its state over missing data, whatever its setting for missing data says. The period is longer than the delay of a
   * datapoint, so that no throttle is taken for a 0.
   */
  private throttles(operation: 'Read' | 'Write'): MathExpression {
    return new MathExpression({
      expression: 'FILL(throttles, 0)',
      usingMetrics: { throttles: this.table.metric(`${operation}ThrottleEvents`, { statistic: 'Sum' }) },
      period: Duration.minutes(5),
      label: `throttled ${operation.toLowerCase()}s`,
    })
  }

  /** Grants a function these actions only, as in `dynamodb:GetItem`, on the table without its indexes. */
  grant(grantee: IGrantable, ...actions: string[]): void {
    this.allow({ grantee, actions, resourceArns: [this.table.tableArn] })
  }

  /**
   * Grants a function these actions on items whose partition key matches one of the patterns, as in `ORDER#*`, so that
   * a function that anyone on the internet can call can't be tricked into touching other items. Covers batches and
   * transactions, too, but not queries of an index.
   */
  grantKeys(grantee: IGrantable, patterns: string[], ...actions: string[]): void {
    this.allow({
      grantee,
      actions,
      resourceArns: [this.table.tableArn],
      // All values must match: a batch has many.
      conditions: { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': patterns } },
    })
  }

  /** Lets a function query one index. */
  grantQuery(grantee: IGrantable, indexName: string): void {
    const resourceArns = [`${this.table.tableArn}/index/${indexName}`]
    this.allow({ grantee, actions: ['dynamodb:Query'], resourceArns })
  }

  /**
   * Returns the stream of the table's changes.
   *
   * @throws Error when the table was created without one.
   */
  get streamArn(): string {
    const { tableStreamArn } = this.table
    if (!tableStreamArn) throw new Error(`${this.node.path} has no stream: create it with { stream: true }.`)
    return tableStreamArn
  }

  /**
   * Lets Lambda read the stream for a function. The CDK's own grant would also allow listing the streams of all tables.
   */
  grantStream(grantee: IGrantable): void {
    const read = ['dynamodb:DescribeStream', 'dynamodb:GetRecords', 'dynamodb:GetShardIterator', 'dynamodb:ListStreams']
    this.allow({ grantee, actions: read, resourceArns: [this.streamArn] })
  }

  private allow(statement: GrantOnPrincipalOptions): void {
    Grant.addToPrincipal(statement)
    if (!this.key) return
    Grant.addToPrincipal({ grantee: statement.grantee, actions: KEY_ACTIONS, resourceArns: [this.key.keyArn] })
  }
}
