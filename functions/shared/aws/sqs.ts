import { SQSClient, type SQSClientResolvedConfig } from '@aws-sdk/client-sqs'
import { clientConfig } from './client-config.ts'
import { type ClientOptions, createSend, type Send } from './create-send.ts'

/**
 * Sends commands of `@aws-sdk/client-sqs` under our policies: see `createSend`. A message may be sent twice if a
 * response is lost.
 */
export interface Sqs {
  send: Send<SQSClientResolvedConfig>
}

/** SQS responds in 20 ms. */
const TRY_MS = 1000

/** Creates the client for the function's own region, account and role. One serves all queues of a function. */
export function createSqs(options: ClientOptions): Sqs {
  const client = new SQSClient({
    ...clientConfig({ host: 'sqs', variable: 'SQS' }),
    // A queue's URL has AWS's host even if another endpoint is configured.
    useQueueUrlAsEndpoint: false,
    // TLS protects the content already, and the SDK's own check throws an error that can't be distinguished from others.
    md5: false,
  })
  return { send: createSend(client, { service: 'sqs', tryMs: TRY_MS, ...options }) }
}
