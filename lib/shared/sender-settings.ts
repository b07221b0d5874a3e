import { domainToASCII } from 'node:url'
import type { Node } from 'constructs'
import { list, text, whole } from './setting-values.ts'

/** The AWS services that send notifications. A channel without one has no provider. */
export interface SenderSettings {
  /** SES: a mailbox of a verified identity, as in `Shop <shop@example.com>`. */
  readonly email?: { readonly from: string; readonly perSecond: number }
  /** AWS End User Messaging: the ARN of a phone number, a pool or a sender id. */
  readonly sms?: { readonly from: string; readonly perSecond: number }
  /** ARNs of platform applications of SNS, by the names that devices' addresses begin with. */
  readonly pushApplications: Readonly<Record<string, string>>
  /** The region that is tried after the stack's own; absent: none is. */
  readonly backupRegion?: string
}

/** SES gives new accounts 14 mails a second, once they are out of its sandbox. */
const MAILS_PER_SECOND = 14
/** The throughput of a toll-free number in the United States; sender ids and short codes have more. */
const SMS_PER_SECOND = 3
/** Rates are counted in one item for each part of them. */
const MAX_RATE = 1000

const SMS_ORIGIN = /^arn:[\w-]+:sms-voice:[\w-]+:\d{12}:(phone-number|pool|sender-id)\/[\w/-]+$/
const PUSH_APPLICATION = /^([A-Za-z0-9-]+)=(arn:[\w-]+:sns:[\w-]+:\d{12}:app\/[\w/.-]+)$/

/**
 * Reads which services send notifications, and as whom.
 *
 * @throws Error that names the setting, its value and what is allowed.
 */
export function senderSettings(node: Node): SenderSettings {
  const [emailFrom, smsFrom, backupRegion] = [
    text(node, 'emailFrom'),
    text(node, 'smsFrom'),
    text(node, 'backupRegion'),
  ]
  const rate = (name: 'emailPerSecond' | 'smsPerSecond', byDefault: number) =>
    whole(node, name, { min: 2, max: MAX_RATE, byDefault })
  const [emailRate, smsRate] = [rate('emailPerSecond', MAILS_PER_SECOND), rate('smsPerSecond', SMS_PER_SECOND)]
  if (smsFrom !== undefined && !SMS_ORIGIN.test(smsFrom)) {
    throw new Error(`-c smsFrom=${smsFrom} is not the ARN of a phone number, a pool or a sender id of sms-voice.`)
  }
  const applications = list(node, 'pushApplications').map((entry) => {
    const [, name, arn] = PUSH_APPLICATION.exec(entry) ?? []
    if (name && arn) return [name, arn] as const
    throw new Error(
      `-c pushApplications: ${entry} is not a name and the ARN of a platform application, as in fcm=arn:….`,
    )
  })
  if (backupRegion !== undefined && !/^[a-z]{2}(-[a-z]+)+-\d$/.test(backupRegion)) {
    throw new Error(`-c backupRegion=${backupRegion} is not a region, as in eu-central-1.`)
  }
  return {
    ...(emailFrom && { email: { from: mailbox(emailFrom), perSecond: emailRate } }),
    ...(smsFrom && { sms: { from: smsFrom, perSecond: smsRate } }),
    pushApplications: Object.fromEntries(applications),
    ...(backupRegion && { backupRegion }),
  }
}

const MAILBOX = /^((?:[^<>\r\n]* )?<?[^\s<>@]+@)([^\s<>@]+)(>?)$/

/**
 * Returns the mailbox of a sender with its domain as A-labels, as SES and the ARN of its identity have it.
 *
 * @throws Error if it is none.
 */
function mailbox(from: string): string {
  const [, start = '', domain = '', end = ''] = MAILBOX.exec(from) ?? []
  const ascii = domainToASCII(domain)
  if (ascii === '') throw new Error(`-c emailFrom=${from} is not a mailbox, as in "Shop <shop@example.com>".`)
  return `${start}${ascii}${end}`
}
