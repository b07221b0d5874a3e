import { isbot } from 'isbot'
import type { HttpRequest } from '../../shared/http/request.ts'
import { primarySubtag, type RuleSubject } from '../domain/rules.ts'

/** The properties of a link's visitor that the request reveals. */
export interface Visitor extends RuleSubject {
  /** `prefetch` is a browser that loads what a person may open next, or renders a thumbnail of it. */
  readonly kind: 'person' | 'bot' | 'prefetch'
}

type Headers = HttpRequest['headers']

/**
 * Reads a visitor off the headers of a request. Most visits need little of it, and some of it takes time: each property
 * is worked out when it is read.
 *
 * @param isFromEdge whether the request came through the CDN: only then is the country that it names believed.
 */
export function visitorOf({ headers }: Pick<HttpRequest, 'headers'>, { isFromEdge }: { isFromEdge: boolean }): Visitor {
  return {
    get kind() {
      if (isPrefetch(headers)) return 'prefetch'
      return isbot(headers['user-agent']) ? 'bot' : 'person'
    },
    get device() {
      return deviceOf(headers)
    },
    get language() {
      return preferredLanguage(headers['accept-language'] ?? '')
    },
    get country() {
      const country = headers['cloudfront-viewer-country'] ?? ''
      return isFromEdge && /^[A-Z]{2}$/.test(country) ? country : 'unknown'
    },
  }
}

/**
 * `Sec-Purpose` is the header of the Fetch standard. Older browsers, and some apps with a browser of their own, send the
 * others; `preview` announces a thumbnail.
 */
function isPrefetch(headers: Headers): boolean {
  const names = ['sec-purpose', 'purpose', 'x-purpose', 'x-moz']
  return names.some((name) => /\b(?:prefetch|preview)\b/i.test(headers[name] ?? ''))
}

/**
 * The patterns of devices, of which the first match decides. Client hints are more reliable than the User-Agent, which
 * changes when a person requests the desktop site. Safari on an iPad identifies as Safari on a Mac, and can't be
 * distinguished from it.
 */
const DEVICES: readonly [RuleSubject['device'], header: string, pattern: RegExp][] = [
  ['ios', 'sec-ch-ua-platform', /^"iOS"$/],
  ['android', 'sec-ch-ua-platform', /^"Android"$/],
  // Its User-Agent also contains Android and iPhone.
  ['mobile', 'user-agent', /Windows Phone/],
  ['ios', 'user-agent', /iPhone|iPad|iPod/],
  ['android', 'user-agent', /Android/],
  ['mobile', 'sec-ch-ua-mobile', /^\?1$/],
  ['mobile', 'user-agent', /Mobi|Tablet|Opera Mini|BlackBerry|Kindle|Silk\//],
]

function deviceOf(headers: Headers): RuleSubject['device'] {
  const [device] = DEVICES.find(([, header, pattern]) => pattern.test(headers[header] ?? '')) ?? ['desktop' as const]
  return device
}

/**
 * Returns the language with the highest weight, the first one of several (RFC 9110, section 12.5.4). `*` names no
 * language, and a weight of 0 refuses one.
 */
function preferredLanguage(acceptLanguage: string): string | null {
  const ranges = acceptLanguage.split(',').map((range) => {
    const [tag = '', ...parameters] = range.split(';').map((part) => part.trim())
    const weight = parameters.find((parameter) => /^q=/i.test(parameter))?.slice(2)
    return { language: primarySubtag(tag), weight: weight === undefined ? 1 : Number(weight) }
  })
  const [best] = ranges
    .filter(({ language, weight }) => /^[a-z]{1,8}$/.test(language) && weight > 0)
    .sort((a, b) => b.weight - a.weight)
  return best?.language ?? null
}
