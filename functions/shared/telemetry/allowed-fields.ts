import { describeError } from './describe-error.ts'
import { EmbeddedMetrics, type FieldKinds, LOG_FIELDS } from './log-fields.ts'
import { REDACTED, redactText } from './redact-text.ts'

/** The pattern of a name in the code, as opposed to a value that became a name. */
const FIELD_NAME = /^[A-Za-z_]{1,40}$/
/** The number of refused fields that a line names. */
const MAX_REFUSED = 20

/**
 * Filters the fields of a line: it keeps those of `LOG_FIELDS` whose values are of their kind. Other fields keep their
 * name, with `[redacted]`, to explain why the value is missing; names that may be values themselves are counted in
 * `refused_fields`.
 */
export function allowedFields(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const allowed: Record<string, unknown> = {}
  let [named, unnamed] = [0, 0]
  for (const [name, value] of Object.entries(fields)) {
    if (value === undefined || value === null) continue
    if (value instanceof EmbeddedMetrics) Object.assign(allowed, value.emf)
    else if (isListed(name)) allowed[name] = VALUES[LOG_FIELDS[name]](value)
    else if (FIELD_NAME.test(name) && named++ < MAX_REFUSED) allowed[name] = REDACTED
    else unnamed += 1
  }
  return unnamed === 0 ? allowed : { ...allowed, refused_fields: unnamed }
}

function isListed(name: string): name is keyof typeof LOG_FIELDS {
  return Object.hasOwn(LOG_FIELDS, name)
}

const ID = /^[\x20-\x7e]{0,256}$/

/** Converts a value for the log, by the kind of its field. */
const VALUES: { readonly [Kind in keyof FieldKinds]: (value: unknown) => unknown } = {
  id: (value) => (typeof value === 'string' && ID.test(value) ? value : REDACTED),
  number: (value) => (typeof value === 'number' ? value : REDACTED),
  flag: (value) => (typeof value === 'boolean' ? value : REDACTED),
  text: (value) => (typeof value === 'string' ? redactText(value) : REDACTED),
  error: describeError,
  metrics: () => REDACTED,
}
