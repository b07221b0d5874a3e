export type LogLevel = 'DEBUG' | 'INFO' | 'WARN' | 'ERROR'

/** Writes one structured line. Fields never hold a token, a body, an address or a query. */
export type Log = (level: LogLevel, message: string, fields?: Record<string, unknown>) => void

export interface LoggerOptions {
  /** The function's name, `service` in Powertools' log shape. */
  service: string
  /** Milliseconds since the epoch. */
  now: () => number
  /** Takes one finished line. */
  write: (line: string) => void
}

/**
 * A logger in the shape of Powertools for AWS Lambda (level, message, timestamp, service, then fields in snake_case),
 * at about 1 KB instead of Powertools' 20, so that a redirect's cold start can afford it.
 */
export function createLogger({ service, now, write }: LoggerOptions): Log {
  return (level, message, fields) => {
    const line = { level, message, timestamp: new Date(now()).toISOString(), service, ...fields }
    write(`${JSON.stringify(line)}\n`)
  }
}

/** What of an unknown error may be logged. Its stack goes to the log only, never to a client. */
export function errorFields(error: unknown): Record<string, unknown> {
  if (!(error instanceof Error)) return { error: { name: typeof error, message: String(error) } }
  const { name, message, stack, cause } = error
  return {
    error: {
      name,
      ...('code' in error && { code: error.code }),
      message,
      stack,
      ...(cause instanceof Error && { cause: `${cause.name}: ${cause.message}` }),
    },
  }
}
