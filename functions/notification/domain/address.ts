import { domainToASCII } from 'node:url'
import type { Channel } from './channel.ts'

/** RFC 5321 allows 64 characters before the `@`, and 254 in all. */
const MAX_EMAIL = 254
const MAILBOX = /^(?=.{1,64}@)[\w!#$%&'*+/=?^`{|}~-]+(?:\.[\w!#$%&'*+/=?^`{|}~-]+)*@([^\s@<>()[\],;:\\"]{1,253})$/
/** RFC 1123: labels of up to 63 letters, digits and inner hyphens. */
const DOMAIN = /^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)+$/

/** E.164: a plus, and up to 15 digits. */
const PHONE = /^\+[1-9]\d{6,14}$/

/** Checks that a text is one mailbox: no display name, no list, no spaces, CR or LF. */
export function isEmail(text: string): boolean {
  const [, domain = ''] = MAILBOX.exec(text) ?? []
  const ascii = domainToASCII(domain)
  return text.length <= MAX_EMAIL && DOMAIN.test(ascii)
}

/** Checks that a text is one phone number in E.164, as in `+4915112345678`. */
export function isPhone(text: string): boolean {
  return PHONE.test(text)
}

/** Checks that a text is a URL of a webhook, without spaces; where it leads is judged apart. */
export function isWebhookUrl(text: string): boolean {
  return text.isWellFormed() && /^https?:\/\/[^\s]+$/i.test(text) && URL.canParse(text)
}

/**
 * Returns the form in which addresses are compared: mailboxes in lower case, with the domain as A-labels, so that
 * `Ann@Bücher.example` and `ann@xn--bcher-kva.example` are one; URLs as they are requested.
 */
export function normalAddress(channel: Channel, address: string): string {
  if (channel === 'webhook' && URL.canParse(address)) return new URL(address).href
  if (channel !== 'email') return address
  return asciiMailbox(address).toLowerCase()
}

/** Returns a mailbox with its domain as A-labels: services that send mail refuse `ann@bücher.example` as it is typed. */
export function asciiMailbox(mailbox: string): string {
  const at = mailbox.lastIndexOf('@')
  return `${mailbox.slice(0, at)}@${domainToASCII(mailbox.slice(at + 1))}`
}

/** Device tokens and the names of platform endpoints: visible ASCII. */
const PUSH = /^[\x21-\x7e]{1,2048}$/

/**
 * Returns what is wrong with an address of a channel, as in `must be one mailbox`; `undefined` if nothing is. Where a
 * webhook's host is, is judged apart.
 */
export function addressRule(channel: Channel, address: string): string | undefined {
  switch (channel) {
    case 'email':
      return isEmail(address) ? undefined : 'must be one mailbox, as in ann@example.com'
    case 'sms':
      return isPhone(address) ? undefined : 'must be one number in E.164, as in +4915112345678'
    case 'push':
      return PUSH.test(address) ? undefined : 'must be visible ASCII characters'
    case 'webhook':
      return isWebhookUrl(address) ? undefined : 'must be a URL, as in https://example.com/hooks'
    case 'inapp':
      return 'is not needed: every user has an inbox'
  }
}
