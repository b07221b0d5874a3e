import { FilterRule } from 'aws-cdk-lib/aws-lambda'
import type { Construct } from 'constructs'
import { ChangeFeed, type ChangeFeedProps, MAX_LAG } from './change-feed.ts'
import type { EventBus } from './event-bus.ts'
import type { ServiceFunction } from './service-function.ts'

/** The table's items carry the outbox entry of their latest event. */
export interface OutboxProps extends Omit<ChangeFeedProps, 'consumer' | 'filters' | 'texts'> {
  readonly bus: EventBus
  /**
   * Turns the table's changes into events, and publishes them (`functions/shared/events`). EventBridge accepts 10 events
   * a request, and the function sends the requests of a batch one after the other within its timeout.
   */
  readonly publisher: ServiceFunction
}

/** The attribute of an item that holds the outbox entry of its latest event (`functions/shared/events`). */
const ENTRY = 'event'

/**
 * Publishes the events of a table's items: a change and its event are one write, the table's stream delivers it here,
 * and a function puts it on the bus. Delivery is at least once, and in order for each item as far as the bus. Records
 * that can't be published end in a dead-letter queue.
 */
export class Outbox extends ChangeFeed {
  constructor(scope: Construct, id: string, { bus, publisher, ...props }: OutboxProps) {
    super(scope, id, {
      ...props,
      consumer: publisher,
      filters: [carriesEntry()],
      texts: {
        deadLetters: 'Changes of a table could not be published as events.',
        deadLettersRunbook: 'outbox-dead-letters',
        lag: `Events are published ${MAX_LAG.toHumanString()} late: the outbox lags, or fails.`,
        lagRunbook: 'outbox-lag',
      },
    })
    bus.grantPut(publisher)
  }
}

/**
 * Filters the records: items without events (locks, counters, …) and deletions cost no invocation. A change that leaves
 * the entry as it was does cost one: a filter can't compare the images, so the function does.
 */
function carriesEntry() {
  // `exists` works on leaf nodes only, so the filter looks for a string in the entry.
  const image = { [ENTRY]: { M: { operationId: { S: FilterRule.exists() } } } }
  return { dynamodb: { NewImage: image } }
}
