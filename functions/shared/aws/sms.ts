import {
  PinpointSMSVoiceV2Client,
  type PinpointSMSVoiceV2ClientResolvedConfig,
  SendTextMessageCommand,
} from '@aws-sdk/client-pinpoint-sms-voice-v2'
import { type RegionalOptions, regionalConfig } from './client-config.ts'
import { createSend, type Send } from './create-send.ts'
import { judgeFailure, type MessageOutcome } from './message-outcome.ts'

/** A text message to one number. */
export interface Sms {
  /** A number, a sender id, a pool, or the ARN of one. */
  readonly from: string
  /** In E.164. */
  readonly to: string
  readonly text: string
  /** Up to five pairs, which the message's events repeat. */
  readonly context: Readonly<Record<string, string>>
  /** The set whose event destination gets those events. */
  readonly configurationSet: string | undefined
}

/** Sends a text message, once. It rejects for bugs alone. */
export type SendSms = (sms: Sms, signal: AbortSignal) => Promise<MessageOutcome>

/** The service takes half a second. A try that is given up may have been accepted. */
const TRY_MS = 8000

/** `ConflictException`: the number has opted out. `ValidationException`: it can't be a number, or the text is too long. */
const REFUSALS = { refused: ['ConflictException', 'ValidationException'] }

/**
 * Creates what sends text messages by AWS End User Messaging, under our policies: see `createSend`. The role needs
 * `sms-voice:SendTextMessage`.
 */
export function createSendSms(options: RegionalOptions): SendSms {
  const client = new PinpointSMSVoiceV2Client(
    regionalConfig({ host: 'sms-voice', variable: 'PINPOINT_SMS_VOICE_V2' }, options),
  )
  const sendOptions = { service: 'sms-voice', tryMs: TRY_MS, ...options }
  const send: Send<PinpointSMSVoiceV2ClientResolvedConfig> = createSend(client, sendOptions)
  return async ({ from, to, text, context, configurationSet }, signal) => {
    const input = {
      OriginationIdentity: from,
      DestinationPhoneNumber: to,
      MessageBody: text,
      MessageType: 'TRANSACTIONAL' as const,
      Context: { ...context },
      ConfigurationSetName: configurationSet,
    }
    try {
      const { MessageId = null } = await send(new SendTextMessageCommand(input), { signal, once: true })
      return { outcome: 'accepted', messageId: MessageId }
    } catch (error) {
      return judgeFailure(error, REFUSALS)
    }
  }
}
