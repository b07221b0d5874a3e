import { domainToASCII } from 'node:url'
import type { Channel } from './channel.ts'

/** RFC 5321 allows 64 characters before the `@`, and 254 in all. */
const MAX_EMAIL = 254
const MAILBOX = /^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@([^\s@<>()[\],;:\\"]{1,253})$/

/** E.164: a plus, and up to 15 digits. */
const PHONE = /^\+[1-9]\d{6,14}$/

/** Checks that a text is one mailbox: no display name, no list, no spaces, CR or LF. */
export function isEmail(text: string): boolean {
  const [, domain = ''] = MAILBOX.exec(text) ?? []
  const ascii = domainToASCII(domain)
  return text.length <= MAX_EMAIL && /^[a-z0-9-]+(\.[a-z0-9-]+)+$/.test(ascii)
}

/** Checks that a text is one phone number in E.164, as in `+4915112345678`. */
export function isPhone(text: string): boolean {
  return PHONE.test(text)
}

/**
 * Returns the form in which addresses are compared: mailboxes in lower case, with the domain as A-labels, so that
 * `Ann@Bücher.example` and `ann@xn--bcher-kva.example` are one.
 */
export function normalAddress(channel: Channel, address: string): string {
  if (channel !== 'email') return address
  const at = address.lastIndexOf('@')
  return `${address.slice(0, at).toLowerCase()}@${domainToASCII(address.slice(at + 1))}`
}
