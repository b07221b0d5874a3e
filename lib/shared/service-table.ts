import { Duration } from 'aws-cdk-lib'
import { AttributeType, BillingMode, Table } from 'aws-cdk-lib/aws-dynamodb'
import { Grant, type IGrantable } from 'aws-cdk-lib/aws-iam'
import { Construct } from 'constructs'
import type { Alarms } from './alarms.ts'
import { removalPolicy, type Stage } from './settings.ts'

export interface ServiceTableProps {
  readonly stage: Stage
  readonly alarms: Alarms
  /**
   * Global secondary indexes, with all attributes; items without an index's keys are not in it.
   *
   * @default none
   */
  readonly indexes?: readonly TableIndex[]
}

/** An index by two attributes, both strings. */
export interface TableIndex {
  readonly name: string
  readonly partitionKey: string
  readonly sortKey: string
}

/** The attribute, in seconds since the epoch, after which DynamoDB may delete an item. */
export const TTL_ATTRIBUTE = 'ttl'

/**
 * A DynamoDB table as all systems use it: keys `pk` and `sk`, paid by the request, point-in-time recovery, items that
 * expire by `ttl`. In prod it outlives its stack and can't be deleted by mistake.
 */
export class ServiceTable extends Construct {
  readonly table: Table

  constructor(scope: Construct, id: string, { stage, alarms, indexes = [] }: ServiceTableProps) {
    super(scope, id)
    this.table = new Table(this, 'Table', {
      partitionKey: { name: 'pk', type: AttributeType.STRING },
      sortKey: { name: 'sk', type: AttributeType.STRING },
      billingMode: BillingMode.PAY_PER_REQUEST,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      timeToLiveAttribute: TTL_ATTRIBUTE,
      removalPolicy: removalPolicy(stage),
      deletionProtection: stage === 'prod',
    })
    for (const { name, partitionKey, sortKey } of indexes) {
      this.table.addGlobalSecondaryIndex({
        indexName: name,
        partitionKey: { name: partitionKey, type: AttributeType.STRING },
        sortKey: { name: sortKey, type: AttributeType.STRING },
      })
    }
    for (const operation of ['Read', 'Write']) {
      alarms.add(this, `${operation}ThrottlesAlarm`, {
        metric: this.table.metric(`${operation}ThrottleEvents`, { period: Duration.minutes(5), statistic: 'Sum' }),
        // It is tried again, so that a few cost a client only time.
        threshold: 10,
        description: `DynamoDB throttled ${operation.toLowerCase()}s: a hot key, or traffic that doubled within 30 minutes.`,
        runbook: 'table-throttles',
      })
    }
  }

  /** Lets a function do just this to items, as in `dynamodb:GetItem`; the indexes are apart. */
  grant(grantee: IGrantable, ...actions: string[]): void {
    Grant.addToPrincipal({ grantee, actions, resourceArns: [this.table.tableArn] })
  }

  /** Lets a function query one index. */
  grantQuery(grantee: IGrantable, indexName: string): void {
    const resourceArns = [`${this.table.tableArn}/index/${indexName}`]
    Grant.addToPrincipal({ grantee, actions: ['dynamodb:Query'], resourceArns })
  }
}
