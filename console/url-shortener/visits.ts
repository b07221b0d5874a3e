/** Browsers whose visits the page can send. Programs without one of these count as bots. */
export const DEVICES = {
  desktop: 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
  phone:
    'Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1',
  tablet:
    'Mozilla/5.0 (iPad; CPU OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1',
  bot: 'Googlebot/2.1 (+http://www.google.com/bot.html)',
} as const

export type Device = keyof typeof DEVICES

/** The outcome of a visit. */
export type Outcome = 'admitted' | 'refused' | 'failed'

/** Tells what an answer means to a visitor: a redirect, a refusal by the link, or a failure that may be tried again. */
export function outcomeOf({ status }: { status: number }): Outcome {
  if (status >= 300 && status < 400) return 'admitted'
  return status >= 500 || status === 429 ? 'failed' : 'refused'
}

export function countOutcomes(outcomes: readonly Outcome[]): Record<Outcome, number> {
  const counted = (wanted: Outcome) => outcomes.filter((outcome) => outcome === wanted).length
  return { admitted: counted('admitted'), refused: counted('refused'), failed: counted('failed') }
}

/** Says in a sentence whether the cap held. */
export function verdictOf(outcomes: readonly Outcome[], cap: number): string {
  const { admitted, refused, failed } = countOutcomes(outcomes)
  const expected = Math.min(cap, outcomes.length)
  const more = failed > 0 ? ` ${failed} could not be answered in time, and may be tried again.` : ''
  const exact = admitted === expected ? 'exactly as many as the cap allows' : `where the cap allows ${expected}`
  return `${admitted} of ${outcomes.length} visits were redirected, ${exact}; ${refused} were refused.${more}`
}
