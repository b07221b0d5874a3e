import { isbot } from 'isbot'
import { UAParser } from 'ua-parser-js'
import type { Click } from '../domain/click.ts'
import type { ClickGroup } from '../domain/day-clicks.ts'

const UNKNOWN = 'unknown'
/** The referrer of a visit that no page led to, or whose browser doesn't say which. */
const DIRECT = 'direct'

/** Checks whether a click is counted apart. Bots are recognised here, so that most visitors don't wait for that. */
export function isBotClick({ isPrefetch, userAgent }: Click): boolean {
  return isPrefetch || isbot(userAgent)
}

/** Describes a click by the values that statistics are grouped by. */
export function describeClick({ userAgent, referrer, country }: Click): Record<ClickGroup, string> {
  const { device, browser, os } = new UAParser(userAgent).getResult()
  return {
    country,
    // The parser names no type for computers.
    device: device.type ?? (browser.name && os.name ? 'desktop' : UNKNOWN),
    browser: browser.name ?? UNKNOWN,
    os: os.name ?? UNKNOWN,
    referrer: referrer ?? DIRECT,
  }
}
