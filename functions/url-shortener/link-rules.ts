export const DEVICES = ['ios', 'android', 'mobile', 'desktop'] as const

/** What must hold of a visit, all of it, for a rule to choose its target. */
export interface RuleConditions {
  /** `mobile` is any phone or tablet, `desktop` all the rest. */
  readonly device?: (typeof DEVICES)[number]
  /** A BCP 47 tag; its primary subtag counts. */
  readonly language?: string
  /** ISO 3166-1 alpha-2 in upper case, or `unknown`. */
  readonly country?: string
  /** RFC 3339 in UTC, with milliseconds; itself left out. */
  readonly before?: string
  /** RFC 3339 in UTC, with milliseconds; itself counted in. */
  readonly after?: string
}

export interface Rule {
  readonly if: RuleConditions
  /** As the WHATWG URL standard serialises it. */
  readonly url: string
}
