import { Aws } from 'aws-cdk-lib'
import { type LogGroup, QueryDefinition, QueryString, type QueryStringProps } from 'aws-cdk-lib/aws-logs'
import { Construct } from 'constructs'

export interface LogQueriesProps {
  /** Log groups of functions, whose lines are JSON (functions/shared/telemetry). */
  readonly logGroups: LogGroup[]
}

const EVERYTHING_OF_A_LINE = ['@timestamp', 'level', 'message', 'route', 'http_status', 'latency_ms', '@log']
const ERROR = ['error.name', 'error.message', 'error.cause']

/** The most frequent queries, by the name that the console shows; replace `PASTE` before running one. */
const QUERIES: Record<string, QueryStringProps> = {
  'by correlation id': {
    fields: [...EVERYTHING_OF_A_LINE, ...ERROR],
    filterStatements: ['correlation_id = "PASTE"'],
    sort: '@timestamp asc',
  },
  'by trace id': {
    fields: [...EVERYTHING_OF_A_LINE, ...ERROR, 'span_id', 'parent_span_id'],
    filterStatements: ['trace_id = "PASTE"'],
    sort: '@timestamp asc',
  },
  'slowest requests': {
    fields: ['@timestamp', 'latency_ms', 'route', 'http_status', 'cold_start', 'correlation_id', 'function_request_id'],
    filterStatements: ['ispresent(latency_ms)'],
    sort: 'latency_ms desc',
    limit: 50,
  },
  // Lines that Lambda itself writes are not JSON, or don't use our levels.
  errors: {
    fields: ['@timestamp', 'level', 'route', 'correlation_id', ...ERROR, '@message'],
    filterStatements: ['level = "ERROR" or http_status >= 500 or @message like /Task timed out|Runtime exited/'],
    sort: '@timestamp desc',
    limit: 100,
  },
}

/**
 * Saved queries in CloudWatch → Logs Insights, in a folder with the stack's name. Saving is free; running a query is
 * charged by the data that it scans.
 */
export class LogQueries extends Construct {
  constructor(scope: Construct, id: string, { logGroups }: LogQueriesProps) {
    super(scope, id)
    for (const [name, query] of Object.entries(QUERIES)) {
      new QueryDefinition(this, pascalCase(name), {
        queryDefinitionName: `${Aws.STACK_NAME}/${name}`,
        queryString: new QueryString(query),
        logGroups,
      })
    }
  }
}

function pascalCase(words: string): string {
  return words
    .split(' ')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('')
}
