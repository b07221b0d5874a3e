import { QUOTED_STRING } from './single-values.ts'

/** What a client thinks of a media type. */
interface Preference {
  /** From 0, which refuses it, to 1. */
  weight: number
  /** How exactly a range names it. */
  specificity: number
}

interface Range extends Preference {
  type: string
}

/**
 * Chooses the media type that a client likes best (`Accept`, RFC 9110, section 12.5.1). For each type that is offered
 * the most specific range counts. Of equal weights the type that is named more exactly wins, then the one that is
 * offered first. That one also goes to a client that accepts none of them: what it may not read tells more than a 406.
 *
 * What is not of the header's grammar counts as not sent.
 *
 * @param offered in lower case, without parameters.
 */
export function preferredType<Type extends string>(accept = '', offered: readonly [Type, ...Type[]]): Type {
  const ranges = accept.replace(QUOTED_STRING, '""').split(',').flatMap(parseRange)
  const types = offered.map((type) => ({ ...preferenceFor(type, ranges), type }))
  const [best] = types.sort((a, b) => b.weight - a.weight || b.specificity - a.specificity)
  return best?.weight ? best.type : offered[0]
}

/** Says whether an error is told by a page: to a browser, and whoever else likes HTML better than JSON. */
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

/** The media range of an element, or none. Parameters after the weight were an extension once, and mean nothing. */
function parseRange(element: string): Range[] {
  const [type = '', ...rest] = element.split(';').map((part) => part.trim().toLowerCase())
  const parameters = rest.filter(Boolean)
  if (!MEDIA_RANGE.test(type) || !parameters.every((parameter) => PARAMETER.test(parameter))) return []
  const weightAt = parameters.findIndex((parameter) => parameter.startsWith('q='))
  const weight = weightAt < 0 ? 1 : Number(WEIGHT.exec(parameters[weightAt] ?? '')?.[1] ?? Number.NaN)
  if (Number.isNaN(weight)) return []
  return [{ type, weight, specificity: specificityOf(type, weightAt < 0 ? parameters.length : weightAt) }]
}

/** A range with parameters names another form of the type: it counts where the type itself is not named. */
function specificityOf(type: string, parameters: number): number {
  if (type === '*/*') return 0
  if (type.endsWith('/*')) return 1
  return parameters > 0 ? 2 : 3
}
