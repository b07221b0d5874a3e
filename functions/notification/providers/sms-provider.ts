import type { SendSms } from '../../shared/aws/sms.ts'
import type { OutgoingMessage, SendResult } from '../domain/provider.ts'
import { toResult } from './to-result.ts'

export interface SmsProviderOptions {
  sendSms: SendSms
  /** The ARN of the number, pool or sender id. */
  from: string
  /** The set whose events come back as receipts; without one there are none. */
  configurationSet: string | undefined
}

/** Creates the sending of text messages, whose context names the delivery in their receipts. */
export function createSmsProvider({ sendSms, from, configurationSet }: SmsProviderOptions) {
  return {
    async send(message: OutgoingMessage, signal: AbortSignal): Promise<SendResult> {
      const { tenant, notificationId, endpointId, address, parts } = message
      const context = { tenant, notification: notificationId, endpoint: endpointId }
      const sms = { from, to: address, text: parts.text ?? '', context, configurationSet }
      return toResult(await sendSms(sms, signal), configurationSet !== undefined)
    },
  }
}
