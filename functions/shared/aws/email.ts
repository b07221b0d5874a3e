import { SESv2Client, type SESv2ClientResolvedConfig, SendEmailCommand } from '@aws-sdk/client-sesv2'
import { type RegionalOptions, regionalConfig } from './client-config.ts'
import { createSend, type Send } from './create-send.ts'
import { judgeFailure, type MessageOutcome } from './message-outcome.ts'

/** A mail to one mailbox. */
export interface Mail {
  readonly from: string
  readonly to: string
  readonly subject: string
  readonly text: string
  readonly html?: string | undefined
  readonly headers: Readonly<Record<string, string>>
  /** Letters, digits, `-` and `_`, up to 256: the events of the mail repeat them. */
  readonly tags: Readonly<Record<string, string>>
  /** The set whose event destination gets those events. */
  readonly configurationSet: string | undefined
}

/** Sends a mail, once. It rejects for bugs alone. */
export type SendMail = (mail: Mail, signal: AbortSignal) => Promise<MessageOutcome>

/** SES takes half a second, and occasionally some. A try that is given up may have been accepted. */
const TRY_MS = 8000

/** `BadRequestException`: an address or a header that can't be; `MessageRejected`: content that SES doesn't send. */
const REFUSALS = { refused: ['BadRequestException', 'MessageRejected'] }

/** Creates what sends mails by SES, under our policies: see `createSend`. The role needs `ses:SendEmail`. */
export function createSendMail(options: RegionalOptions): SendMail {
  const client = new SESv2Client(regionalConfig({ host: 'email', variable: 'SESV2' }, options))
  const sendOptions = { service: 'ses', tryMs: TRY_MS, ...options }
  const send: Send<SESv2ClientResolvedConfig> = createSend(client, sendOptions)
  return async (mail, signal) => {
    try {
      const { MessageId = null } = await send(new SendEmailCommand(toInput(mail)), { signal, once: true })
      return { outcome: 'accepted', messageId: MessageId }
    } catch (error) {
      return judgeFailure(error, REFUSALS)
    }
  }
}

const utf8 = (Data: string) => ({ Data, Charset: 'UTF-8' })

function toInput({ from, to, subject, text, html, headers, tags, configurationSet }: Mail) {
  const named = (all: Readonly<Record<string, string>>) => Object.entries(all).map(([Name, Value]) => ({ Name, Value }))
  return {
    FromEmailAddress: from,
    Destination: { ToAddresses: [to] },
    Content: {
      Simple: {
        Subject: utf8(subject),
        Body: { Text: utf8(text), ...(html !== undefined && { Html: utf8(html) }) },
        Headers: named(headers),
      },
    },
    EmailTags: named(tags),
    ConfigurationSetName: configurationSet,
  }
}
