/** The rules that decide whether a channel is used, in the order in which they are judged. */
export const RULES = [
  'category',
  'expired',
  'preference',
  'no-endpoint',
  'suppression',
  'unsubscribed',
  'digest',
  'quiet-hours',
  // Last of those that can hold a channel back, so that only what is sent is counted.
  'throttle',
  'provider',
] as const

export type Rule = (typeof RULES)[number]

/** The result of one rule for one channel. */
export interface Evaluation {
  readonly rule: Rule
  /** `pass`, or what the rule made of the channel. */
  readonly outcome: 'pass' | 'bypassed' | 'deferred' | 'digesting' | 'suppressed' | 'failed' | 'expired' | 'cancelled'
  /** A sentence for a person. */
  readonly detail: string
}
