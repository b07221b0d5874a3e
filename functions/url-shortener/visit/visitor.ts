import { isbot } from 'isbot'
import type { HttpRequest } from '../../shared/http/request.ts'
import { primarySubtag, type RuleSubject } from '../domain/rules.ts'

/** Who visits a link, as far as their browser tells. */
export interface Visitor extends RuleSubject {
  /** `prefetch`: a browser that guesses what a person may open next. */
  readonly kind: 'person' | 'bot' | 'prefetch'
}

type Headers = HttpRequest['headers']

/**
 * Most visits ask for little of this, and some of it takes time: each property is worked out when it is read.
 *
 * @param isFromEdge whether the request came through the CDN: only then is its word on the country believed.
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

/** The standard's header, and what browsers sent before there was one. */
function isPrefetch(headers: Headers): boolean {
  return ['sec-purpose', 'purpose', 'x-moz'].some((name) => /\bprefetch\b/i.test(headers[name] ?? ''))
}

/**
 * The first that matches. Browsers that send client hints know better than their User-Agent, which may ask for the
 * desktop's site; an iPad's Safari says it is a Mac, and nobody can tell.
 */
const DEVICES: readonly [RuleSubject['device'], header: string, pattern: RegExp][] = [
  ['ios', 'sec-ch-ua-platform', /^"iOS"$/],
  ['android', 'sec-ch-ua-platform', /^"Android"$/],
  // It says that it is also an Android and like an iPhone.
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

/** Of equal weights the first (RFC 9110, section 12.5.4). `*` names no language, and a weight of 0 refuses one. */
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
