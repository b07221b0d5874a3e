import type { SendMail } from '../../shared/aws/email.ts'
import { asciiMailbox } from '../domain/address.ts'
import { toTag } from '../domain/mail-tag.ts'
import type { OutgoingMessage, SendResult } from '../domain/provider.ts'
import { toResult } from './to-result.ts'

export interface EmailProviderOptions {
  sendMail: SendMail
  /** The sender, as in `Shop <shop@example.com>`. */
  from: string
  /** The set whose events come back as receipts; without one there are none. */
  configurationSet: string | undefined
}

/** Creates the sending of mails, whose tags name the delivery in their receipts. */
export function createEmailProvider({ sendMail, from, configurationSet }: EmailProviderOptions) {
  return {
    async send(message: OutgoingMessage, signal: AbortSignal): Promise<SendResult> {
      const { tenant, notificationId, endpointId, address, parts, headers } = message
      const { subject = '', text = '', html } = parts
      const tags = { tenant: toTag(tenant), notification: toTag(notificationId), endpoint: toTag(endpointId) }
      const mail = { from, to: asciiMailbox(address), subject, text, html, headers, tags, configurationSet }
      return toResult(await sendMail(mail, signal), configurationSet !== undefined)
    },
  }
}
