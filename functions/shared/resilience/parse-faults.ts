import { AppError } from '../errors.ts'
import { MAX_MS } from './policy.ts'

const FAULT_ERRORS = ['throttle', 'timeout', 'server', 'lost', 'crash'] as const

export type FaultError = (typeof FAULT_ERRORS)[number]

/** The fault of an operation: a delay, an error, or an error after a delay. */
export interface Fault {
  /** The name that `faultInjection` was given, as in `dynamodb.GetItem`. */
  operation: string
  /** Above 0, up to 1: how likely a call is hit. */
  rate: number
  error?: FaultError
  latencyMs?: number
  /** The most calls that one environment hits; without it there is no limit. */
  times?: number
}

type Rule = { rule: string; holds: (value: unknown) => boolean }

const RULES: Record<string, Rule> = {
  operation: { rule: 'a name', holds: (value) => typeof value === 'string' && value !== '' },
  rate: numberRule(0, 1),
  error: optional({
    rule: `one of ${FAULT_ERRORS.join(', ')}`,
    holds: (value) => FAULT_ERRORS.some((error) => error === value),
  }),
  latencyMs: optional(numberRule(0, MAX_MS)),
  times: optional(numberRule(1, 1_000_000)),
}

function numberRule(min: number, max: number): Rule {
  return {
    rule: `a number from ${min} to ${max}`,
    holds: (value) => typeof value === 'number' && value >= min && value <= max,
  }
}

/** JSON has no `undefined`: a field that is, is absent. */
function optional({ rule, holds }: Rule): Rule {
  return { rule, holds: (value) => value === undefined || holds(value) }
}

/**
 * Reads faults from JSON: `[{"operation":"dynamodb.GetItem","rate":1,"error":"throttle","latencyMs":50,"times":3}]`.
 * Strict, because a game day whose misspelt fault does nothing proves the wrong thing.
 *
 * @throws AppError `invalid-input` naming the field, its value and what it must be.
 */
export function parseFaults(text: string): Fault[] {
  const faults = parseJson(text)
  if (!Array.isArray(faults)) throw invalid('faults', faults, 'a list')
  faults.forEach(checkFault)
  return faults
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new AppError('invalid-input', `faults must be JSON: ${text}`, { cause })
  }
}

function checkFault(fault: Record<string, unknown> | null, index: number): void {
  const path = `faults[${index}]`
  if (typeof fault !== 'object' || fault === null) throw invalid(path, fault, 'an object')
  for (const [name, value] of Object.entries(fault)) {
    if (!Object.hasOwn(RULES, name)) throw invalid(`${path}.${name}`, value, 'left out')
  }
  for (const [name, { rule, holds }] of Object.entries(RULES)) {
    if (!holds(fault[name])) throw invalid(`${path}.${name}`, fault[name], rule)
  }
}

function invalid(path: string, value: unknown, rule: string): AppError {
  return new AppError('invalid-input', `${path} is ${JSON.stringify(value)}: it must be ${rule}.`)
}
