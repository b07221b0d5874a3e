import { LogFormatter, LogItem, Logger as PowertoolsLogger } from '@aws-lambda-powertools/logger'
import type { ConstructorOptions, LogAttributes, UnformattedAttributes } from '@aws-lambda-powertools/logger/types'
import type { Clock } from '../clock.ts'
import { allowedFields } from './allowed-fields.ts'
import type { LogFields } from './log-fields.ts'
import { redactText } from './redact-text.ts'

/** The logger of Powertools for AWS Lambda, restricted to the fields of `LOG_FIELDS`. */
export interface Logger {
  debug(message: string, ...fields: LogFields[]): void
  info(message: string, ...fields: LogFields[]): void
  warn(message: string, ...fields: LogFields[]): void
  error(message: string, ...fields: LogFields[]): void
  /** Adds fields to all lines that follow, until `resetKeys`. */
  appendKeys(fields: LogFields): void
  resetKeys(): void
  /** Creates a logger that starts with the keys of this one. */
  createChild(): Logger
}

export interface LoggerOptions {
  /** The name of the service, such as `orders-api`. */
  service: string
  now: Clock
  /** Writes one complete line. */
  write: (line: string) => void
}

/**
 * Creates Powertools' logger with our own formatter: a line has `level`, `message`, `timestamp` and `service`, then the
 * fields that the allow-list permits. A line whose fields can't be read is still written, with the error instead.
 */
export function createLogger({ service, now, write }: LoggerOptions): Logger {
  class LineFormatter extends LogFormatter {
    override formatAttributes({ logLevel, message, serviceName }: UnformattedAttributes, fields: LogAttributes) {
      const timestamp = new Date(now()).toISOString()
      const own = { level: logLevel, message: redactText(message), timestamp, service: serviceName }
      return new LogItem({ attributes: { ...own, ...allowedFields(fields) } })
    }
  }

  class LineLogger extends PowertoolsLogger {
    protected override createLogger(options?: ConstructorOptions): PowertoolsLogger {
      return new LineLogger(options)
    }

    protected override processLogItem(...[level, message, fields]: Parameters<PowertoolsLogger['processLogItem']>) {
      try {
        super.processLogItem(level, message, fields)
      } catch (error) {
        super.processLogItem(level, message, [{ error }])
      }
    }

    /** Bypasses the console, which would separate error lines from the others. */
    protected override printLog(_level: number, item: LogItem): void {
      write(`${JSON.stringify(item.getAttributes())}\n`)
    }
  }

  return new LineLogger({ serviceName: service, logFormatter: new LineFormatter() })
}
