import { type Link, NO_DETAILS } from '../domain/link.ts'
import { matchingRule, type Rule, type RuleSubject } from '../domain/rules.ts'
import type { ResolveDetails } from './resolve-link.ts'

/** The targets of an active link: a visit takes one of them, a preview shows them all. */
export interface LinkTargets {
  readonly own: string
  /** The rules in the order in which they are tried. */
  readonly rules: readonly Rule[]
}

/** Reads the targets of a link: its own is in the link, those of its rules are details. */
export async function readTargets(
  link: Link,
  resolveDetails: ResolveDetails,
  signal: AbortSignal,
): Promise<LinkTargets> {
  const { rules } = link.hasRules ? await resolveDetails(link, signal) : NO_DETAILS
  return { own: link.url, rules }
}

/** Lists every target that some visitor may get, each once, with the link's own first. */
export function allTargets({ own, rules }: LinkTargets): string[] {
  return [...new Set([own, ...rules.map(({ url }) => url)])]
}

/**
 * Chooses the target of a visit: that of the first matching rule, otherwise the link's own.
 *
 * @param located reads the visitor. It may take a call, so that it is only called where there are rules.
 * @param now milliseconds since the epoch.
 */
export async function chooseTarget(
  { own, rules }: LinkTargets,
  located: () => Promise<RuleSubject>,
  now: number,
): Promise<string> {
  if (rules.length === 0) return own
  return matchingRule(rules, await located(), now)?.url ?? own
}
