import { isbot } from 'isbot'
import type { HttpRequest } from '../../shared/http/request.ts'
import { clientNetwork } from '../client-address.ts'
import { primarySubtag, type RuleSubject } from '../domain/rules.ts'

/** The properties of a link's visitor that the request reveals. */
export interface Visitor extends RuleSubject {
  /** `prefetch` is a browser that loads what a person may open next, or renders a thumbnail of it. */
  readonly kind: 'person' | 'bot' | 'prefetch'
  readonly isPrefetch: boolean
  /** The beginning of the User-Agent, in ASCII. */
  readonly userAgent: string
  /** The host of the page that led here; `null` if the browser names none. */
  readonly referrer: string | null
  /** The address or network, which must never be stored. */
  readonly network: string
}

/** The length of a User-Agent that is enough to recognise a device and a browser. */
const MAX_USER_AGENT = 500

type Headers = HttpRequest['headers']

/**
 * Reads a visitor off the headers of a request. Most visits need little of it, and some of it takes time: each property
 * is worked out when it is read.
 *
 * @param isFromEdge whether the request came through the CDN: only then is the country that it names believed.
 */
export function visitorOf(
  request: Pick<HttpRequest, 'headers' | 'clientAddress'>,
  { isFromEdge }: { isFromEdge: boolean },
): Visitor {
  const { headers } = request
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
    get isPrefetch() {
      return isPrefetch(headers)
    },
    get userAgent() {
      return (headers['user-agent'] ?? '').slice(0, MAX_USER_AGENT).replace(/[^\x20-\x7e]/g, '?')
    },
    get referrer() {
      return hostOf(headers.referer)
    },
    get network() {
      return clientNetwork(request, { isFromEdge })
    },
  }
}

/** Returns the host of a page on the web, without its port. An app may name itself by a URL of another scheme. */
function hostOf(referer: string | undefined): string | null {
  const url = referer === undefined ? null : URL.parse(referer)
  const isWeb = url?.protocol === 'https:' || url?.protocol === 'http:'
  return isWeb && url.hostname.length <= MAX_HOST ? url.hostname : null
}

/** The length of a domain name (RFC 1035). */
const MAX_HOST = 253

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
