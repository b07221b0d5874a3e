export const DEVICES = ['ios', 'android', 'mobile', 'desktop'] as const

/** The conditions of a rule, which must all hold for it to choose the target. */
export interface RuleConditions {
  /** `mobile` is any phone or tablet, `desktop` any other device. */
  readonly device?: (typeof DEVICES)[number]
  /** A BCP 47 tag, of which the primary subtag is compared. */
  readonly language?: string
  /** ISO 3166-1 alpha-2 in upper case, or `unknown`. */
  readonly country?: string
  /** RFC 3339 in UTC, with milliseconds; exclusive. */
  readonly before?: string
  /** RFC 3339 in UTC, with milliseconds; inclusive. */
  readonly after?: string
}

export interface Rule {
  readonly if: RuleConditions
  /** The target, as the WHATWG URL standard serialises it. */
  readonly url: string
}

/** The properties of a visitor that rules can test. */
export interface RuleSubject {
  /** `mobile` is a phone or tablet that is neither `ios` nor `android`. */
  readonly device: (typeof DEVICES)[number]
  /** The primary subtag of the visitor's preferred language, in lower case. */
  readonly language: string | null
  /** The same values as in a rule. */
  readonly country: string
}

/** Tests a condition; `now` is in milliseconds since the epoch. */
type Holds = (wanted: string, subject: RuleSubject, now: number) => boolean

const CONDITIONS: Record<keyof RuleConditions, Holds> = {
  device: (wanted, { device }) => device === wanted || (wanted === 'mobile' && device !== 'desktop'),
  language: (wanted, { language }) => language === primarySubtag(wanted),
  country: (wanted, { country }) => country === wanted,
  before: (wanted, _, now) => now < Date.parse(wanted),
  after: (wanted, _, now) => now >= Date.parse(wanted),
}

/** Finds the first rule whose conditions all hold. */
export function matchingRule(rules: readonly Rule[], subject: RuleSubject, now: number): Rule | undefined {
  return rules.find((rule) =>
    Object.entries(rule.if).every(([name, wanted]) => CONDITIONS[name as keyof RuleConditions](wanted, subject, now)),
  )
}

/** Cuts a language tag to its primary subtag: `pt` for `pt-BR`. */
export function primarySubtag(tag: string): string {
  return (tag.split('-', 1)[0] ?? '').toLowerCase()
}
