import { LogFormatter, LogItem, Logger as PowertoolsLogger } from '@aws-lambda-powertools/logger'
import type { ConstructorOptions, LogAttributes, UnformattedAttributes } from '@aws-lambda-powertools/logger/types'
import type { Clock } from '../clock.ts'
import { allowedFields } from './allowed-fields.ts'
import type { LogFields } from './log-fields.ts'
import { redactText } from './redact-text.ts'

/** The logger of Powertools for AWS Lambda, as our code uses it: it takes the fields of `LOG_FIELDS` alone. */
export interface Logger {
  debug(message: string, ...fields: LogFields[]): void
  info(message: string, ...fields: LogFields[]): void
  warn(message: string, ...fields: LogFields[]): void
  error(message: string, ...fields: LogFields[]): void
  /** Puts fields on all lines that follow, until `resetKeys`. */
  appendKeys(fields: LogFields): void
  resetKeys(): void
  /** A logger that has the keys of this one, and then its own. */
  createChild(): Logger
}

export interface LoggerOptions {
  /** As in `orders-api`. */
  service: string
  now: Clock
  /** Takes one finished line. */
  write: (line: string) => void
}

/**
 * Powertools' logger with a formatter of ours: a line has `level`, `message`, `timestamp` and `service`, then what the
 * allow-list lets through. No line is lost for what its fields are: where they can't be read, it says so.
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

    /** Not by a console, which would part lines of errors from the others. */
    protected override printLog(_level: number, item: LogItem): void {
      write(`${JSON.stringify(item.getAttributes())}\n`)
    }
  }

  return new LineLogger({ serviceName: service, logFormatter: new LineFormatter() })
}
