import { redactText } from './redact-text.ts'

/** The log's description of an error. Its stack is only logged, and never sent to a client. */
export interface ErrorDescription {
  name: string
  code?: string | number
  message: string
  stack?: string
  /** The names and messages of its causes, the nearest first. */
  cause?: string
}

const MAX_STACK = 8000
/** The limit of the chain of causes, which may be circular. */
const MAX_CAUSES = 5

/**
 * Describes anything that was thrown, without secrets in its texts and without its other properties. It never throws,
 * whatever the error's getters do.
 */
export function describeError(error: unknown): ErrorDescription {
  if (!Error.isError(error)) return { name: typeof error, message: textOf(error) }
  const { name, message } = heading(error)
  const code = read(error, 'code')
  const stack = read(error, 'stack')
  const causes = causesOf(error).map((cause) => `${cause.name}: ${cause.message}`)
  return {
    name,
    ...(typeof code === 'string' && { code: redactText(code, 100) }),
    ...(typeof code === 'number' && { code }),
    message,
    ...(typeof stack === 'string' && { stack: redactText(stack, MAX_STACK) }),
    ...(causes.length > 0 && { cause: causes.join('; ') }),
  }
}

function heading(error: Error): { name: string; message: string } {
  return { name: textOf(read(error, 'name')), message: textOf(read(error, 'message')) }
}

function causesOf(error: Error): { name: string; message: string }[] {
  const causes: { name: string; message: string }[] = []
  let cause = read(error, 'cause')
  while (Error.isError(cause) && causes.length < MAX_CAUSES) {
    causes.push(heading(cause))
    cause = read(cause, 'cause')
  }
  return causes
}

function read(error: Error, property: string): unknown {
  try {
    return Reflect.get(error, property)
  } catch {
    return undefined
  }
}

/** Converts a value to text. A thrown value may fail to convert. */
function textOf(value: unknown): string {
  try {
    return redactText(String(value))
  } catch {
    return typeof value
  }
}
