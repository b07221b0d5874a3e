import {
  CreatePlatformEndpointCommand,
  PublishCommand,
  SNSClient,
  type SNSClientResolvedConfig,
} from '@aws-sdk/client-sns'
import { type RegionalOptions, regionalConfig } from './client-config.ts'
import { createSend, type Send } from './create-send.ts'
import { judgeFailure, type MessageOutcome } from './message-outcome.ts'

/** A message for one device. */
export interface Push {
  /** The ARN of a platform endpoint. */
  readonly endpoint: string
  readonly title: string
  readonly body: string
}

export interface PushClient {
  /** Sends a message, once. It rejects for bugs alone. */
  send: (push: Push, signal: AbortSignal) => Promise<MessageOutcome>
  /** Returns the platform endpoint of a device's token, which is made if there is none. */
  endpointOf: (
    device: { readonly application: string; readonly token: string },
    signal: AbortSignal,
  ) => Promise<
    { readonly outcome: 'found'; readonly endpoint: string } | Exclude<MessageOutcome, { outcome: 'accepted' }>
  >
}

/** SNS takes some tens of milliseconds. A try that is given up may have been accepted. */
const TRY_MS = 5000

/** SNS disables an endpoint whose token the device's platform refused, and knows none that was deleted. */
const REFUSALS = {
  refused: ['InvalidParameterException', 'InvalidParameterValueException'],
  gone: ['EndpointDisabledException', 'NotFoundException'],
}

/**
 * Creates what sends push messages by platform endpoints of SNS, under our policies: see `createSend`. The role needs
 * `sns:Publish` and `sns:CreatePlatformEndpoint`.
 */
export function createPushClient(options: RegionalOptions): PushClient {
  const client = new SNSClient(regionalConfig({ host: 'sns', variable: 'SNS' }, options))
  const sendOptions = { service: 'sns', tryMs: TRY_MS, ...options }
  const send: Send<SNSClientResolvedConfig> = createSend(client, sendOptions)
  return {
    async send({ endpoint, title, body }, signal) {
      const input = { TargetArn: endpoint, MessageStructure: 'json', Message: toMessage(title, body) }
      try {
        const { MessageId = null } = await send(new PublishCommand(input), { signal, once: true })
        return { outcome: 'accepted', messageId: MessageId }
      } catch (error) {
        return judgeFailure(error, REFUSALS)
      }
    },
    async endpointOf({ application, token }, signal) {
      try {
        const command = new CreatePlatformEndpointCommand({ PlatformApplicationArn: application, Token: token })
        const { EndpointArn = '' } = await send(command, { signal })
        return { outcome: 'found', endpoint: EndpointArn }
      } catch (error) {
        // Nothing was sent, whatever became of the endpoint.
        const failure = judgeFailure(error, { refused: REFUSALS.refused })
        if (failure.outcome !== 'unknown' && failure.outcome !== 'accepted') return failure
        return { outcome: 'unavailable', reason: 'endpoint-unknown' }
      }
    },
  }
}

/** Writes a message in the form of each platform, all of which SNS takes at once. */
function toMessage(title: string, body: string): string {
  const apns = JSON.stringify({ aps: { alert: { title, body }, sound: 'default' } })
  const fcm = JSON.stringify({ fcmV1Message: { message: { notification: { title, body } } } })
  return JSON.stringify({ default: body, APNS: apns, APNS_SANDBOX: apns, GCM: fcm })
}
