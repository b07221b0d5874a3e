import type { Decided, Decision, WindowPolicy } from '../../../../functions/shared/rate-limit/policy.ts'

export const POLICY: WindowPolicy = { name: 'writes', algorithm: 'fixed-window', limit: 100, windowMs: 60_000 }

/** A decision that let somebody in, but for what a test says of it. */
export function decision(of: Partial<Decision> = {}): Decision {
  return {
    policy: 'writes',
    subject: 'org:7',
    allowed: true,
    limit: 100,
    remaining: 42,
    resetMs: 17_001,
    retryAfterMs: 0,
    mode: 'enforce',
    source: 'store',
    degraded: false,
    approximate: false,
    charges: [],
    ...of,
  }
}

export function denial(retryAfterMs: number | null, of: Partial<Decision> = {}): Decision {
  return decision({ allowed: false, remaining: 0, retryAfterMs, ...of })
}

export function decided(...decisions: Decision[]): Decided {
  return { allowed: decisions.every(({ allowed }) => allowed), decisions }
}
