import { QUOTED_STRING } from './single-values.ts'

/** A client's preference for a media type. */
interface Preference {
  /** From 0, which rejects the type, to 1. */
  weight: number
  /** The precision with which a range names the type. */
  specificity: number
}

interface Range extends Preference {
  type: string
}

/**
 * Chooses the media type that a client prefers (`Accept`, RFC 9110, section 12.5.1). For each offered type the most
 * specific range counts. Among types of equal weight the one that is named more specifically wins, then the one that is
 * offered first, which is also the fallback for a client that accepts none: an unexpected type is more helpful than a
 * 406.
 *
 * Elements that break the header's grammar are ignored.
 *
 * @param offered media types in lower case, without parameters.
 */
export function preferredType<Type extends string>(accept = '', offered: readonly [Type, ...Type[]]): Type {
  const ranges = accept.replace(QUOTED_STRING, '""').split(',').flatMap(parseRange)
  const types = offered.map((type) => ({ ...preferenceFor(type, ranges), type }))
  const [best] = types.sort((a, b) => b.weight - a.weight || b.specificity - a.specificity)
  return best?.weight ? best.type : offered[0]
}

/** Returns whether an error is shown as a page: to browsers, and to any client that prefers HTML to JSON. */
export function wantsHtml(accept: string | undefined): boolean {
  return preferredType(accept, ['application/problem+json', 'application/json', 'text/html']) === 'text/html'
}

function preferenceFor(offered: string, ranges: readonly Range[]): Preference {
  const matching = ranges.filter(({ type }) => covers(type, offered))
  const [best] = matching.sort((a, b) => b.specificity - a.specificity || b.weight - a.weight)
  return best ?? { weight: 0, specificity: -1 }
}

function covers(range: string, type: string): boolean {
  return range === type || range === '*/*' || (range.endsWith('/*') && type.startsWith(range.slice(0, -1)))
}

const TOKEN = "[!#$%&'*+.^_`|~\\w-]+"
const MEDIA_RANGE = new RegExp(`^(?:\\*/\\*|(?!\\*/)${TOKEN}/${TOKEN})$`)
const PARAMETER = new RegExp(`^${TOKEN}=(?:${TOKEN}|"")$`)
/** RFC 9110, section 12.4.2. */
const WEIGHT = /^q=(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)$/

/**
 * Parses an element to its media range, or to none. Parameters after the weight, an obsolete extension, are ignored.
 */
function parseRange(element: string): Range[] {
  const [type = '', ...rest] = element.split(';').map((part) => part.trim().toLowerCase())
  const parameters = rest.filter(Boolean)
  if (!MEDIA_RANGE.test(type) || !parameters.every((parameter) => PARAMETER.test(parameter))) return []
  const weightAt = parameters.findIndex((parameter) => parameter.startsWith('q='))
  const weight = weightAt < 0 ? 1 : Number(WEIGHT.exec(parameters[weightAt] ?? '')?.[1] ?? Number.NaN)
  if (Number.isNaN(weight)) return []
  return [{ type, weight, specificity: specificityOf(type, weightAt < 0 ? parameters.length : weightAt) }]
}

/** Ranks a range. One with parameters names a variant of the type, and counts only if the type itself is not named. */
function specificityOf(type: string, parameters: number): number {
  if (type === '*/*') return 0
  if (type.endsWith('/*')) return 1
  return parameters > 0 ? 2 : 3
}
