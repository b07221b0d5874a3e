import type { RandomBytes } from '../clock.ts'

/** The place of an invocation in a distributed trace (W3C Trace Context, level 1). */
export interface TraceContext {
  /** 32 hexadecimal digits, the same in every function that one request reaches. */
  traceId: string
  /** 16 hexadecimal digits, which identify this invocation. */
  spanId: string
  /** The caller's span, if it sent one. */
  parentSpanId?: string
  sampled: boolean
}

export interface TraceSources {
  /** The header `traceparent`. */
  traceparent?: string | undefined
  /** The header `x-amzn-trace-id`, which API Gateway adds. */
  xray?: string | undefined
}

const TRACEPARENT = /^(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/
const XRAY_ROOT = /(?:^|;)\s*Root=1-(?!0{8}-0{24})([0-9a-f]{8})-([0-9a-f]{24})(?:;|$)/

/**
 * Continues the caller's trace, or else API Gateway's, or else starts one. A malformed header is ignored, as the
 * specification requires (section 3.2.2.3).
 */
export function continueTrace({ traceparent, xray }: TraceSources, randomBytes: RandomBytes): TraceContext {
  const spanId = Buffer.from(randomBytes(8)).toString('hex')
  const [, traceId, parentSpanId, flags, rest] = TRACEPARENT.exec(traceparent?.trim() ?? '') ?? []
  const isVersion0WithMore = rest !== undefined && traceparent?.trim().startsWith('00')
  if (traceId && parentSpanId && flags && !isVersion0WithMore) {
    return { traceId, spanId, parentSpanId, sampled: (Number.parseInt(flags, 16) & 1) === 1 }
  }
  const [, seconds, unique] = XRAY_ROOT.exec(xray ?? '') ?? []
  if (seconds && unique) return { traceId: seconds + unique, spanId, sampled: true }
  return { traceId: Buffer.from(randomBytes(16)).toString('hex'), spanId, sampled: true }
}

/** Formats the header that passes a trace on to the next function. */
export function formatTraceparent({ traceId, spanId, sampled }: TraceContext): string {
  return `00-${traceId}-${spanId}-${sampled ? '01' : '00'}`
}
