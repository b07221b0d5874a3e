import { logCallEvents } from '../aws/create-send.ts'
import { createEventBridge } from '../aws/eventbridge.ts'
import { requiredEnv } from '../config/env.ts'
import { setAsideOfEnvironment } from '../queue/set-aside.ts'
import { createRuntime } from '../runtime.ts'
import { type OutboxOptions, outboxHandler } from './outbox.ts'
import { createPublisher } from './publisher.ts'

export interface PublisherOfEnvironmentOptions extends Pick<OutboxOptions, 'toContent' | 'metrics'> {
  /** The name of the function in its log lines, as in `orders-publisher`. */
  service: string
  /** The source of the events, as in `stackyard.orders`. */
  source: string
}

/**
 * Creates the function that publishes the events of a table's stream, on the bus named by `EVENT_BUS_NAME`.
 *
 * @throws Error when a variable of the environment is missing.
 */
export function publisherOfEnvironment({ service, source, toContent, metrics }: PublisherOfEnvironmentOptions) {
  const runtime = createRuntime(service)
  const { now, random, telemetry, logger } = runtime
  const eventBridge = createEventBridge({ now, random, onEvent: logCallEvents(logger, 'eventbridge') })
  return outboxHandler({
    ...telemetry,
    toContent,
    publish: createPublisher({ eventBridge, busName: requiredEnv('EVENT_BUS_NAME'), source, random }),
    setAside: setAsideOfEnvironment(runtime),
    metrics,
  })
}
