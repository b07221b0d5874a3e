import { requirePrincipal } from '../../../../functions/shared/auth/principal.ts'
import { conditionalWrite } from '../../../../functions/shared/data/conditional-write.ts'
import type { IdempotencyStore } from '../../../../functions/shared/data/idempotency-store.ts'
import { AppError } from '../../../../functions/shared/errors.ts'
import { type HttpLambda, httpHandler } from '../../../../functions/shared/http/handler.ts'
import { idempotency } from '../../../../functions/shared/http/idempotency.ts'
import { HttpProblem, type HttpResponse, json } from '../../../../functions/shared/http/response.ts'
import { clientOf, type DynamoDBCall } from '../../../support/fake-dynamodb.ts'
import { silentTelemetry } from '../../../support/telemetry.ts'
import { type Ending, LEASE_MS } from './history.ts'

export interface EnvironmentOptions {
  route: string
  dynamodb: DynamoDBCall
  store: IdempotencyStore
  now: () => number
  newOperationId: () => string
  /** Called when the operation is executed; what it gives is called at the end, and says how it is to end. */
  onRun: (operationId: string) => (ending: Ending) => void
  nextEnding: () => Ending
}

export const TABLE = 'things'
const WRITE = 'things:write'

/**
 * A function as the systems have it: behind `Idempotency-Key`, an operation that makes one thing, which bears the
 * operation's name, by a conditional create.
 */
export function thingsFunction(options: EnvironmentOptions): HttpLambda {
  const { route, dynamodb, store, now, newOperationId, onRun, nextEnding } = options
  const make = async (operationId: string, signal: AbortSignal) => {
    const input = {
      TableName: TABLE,
      Item: { pk: { S: operationId }, sk: { S: 'thing' } },
      ConditionExpression: 'attribute_not_exists(pk)',
    }
    // Refused: it was made before, by an earlier try or attempt.
    await conditionalWrite(clientOf(dynamodb), { operation: 'PutItem', input }, { signal })
  }
  const look = async (operationId: string, signal: AbortSignal) => {
    const Key = { pk: { S: operationId }, sk: { S: 'thing' } }
    await dynamodb('GetItem', { TableName: TABLE, Key }, { signal })
  }
  const operate = async (operationId: string, signal: AbortSignal): Promise<HttpResponse> => {
    const end = onRun(operationId)
    const ending = nextEnding()
    try {
      await (ending.startsWith('made') ? make : look)(operationId, signal)
    } catch (error) {
      end('down')
      throw error
    }
    end(ending)
    return answerOf(ending, operationId)
  }

  const once = idempotency({ store, now, newOperationId, leaseMs: LEASE_MS })
  const answer = async (request: Parameters<typeof once>[0]) => {
    const principal = requirePrincipal(request, WRITE, 'multi')
    return once(request, principal, (operationId) => operate(operationId, request.signal))
  }
  return httpHandler({
    ...silentTelemetry(now),
    routes: { [route]: answer },
  })
}

export function claimsOf({ tenant, sub }: { tenant: string; sub: string }): Record<string, string> {
  return { tenant, sub, scope: WRITE }
}

function answerOf(ending: Ending, operationId: string): HttpResponse {
  const location = `/things/${operationId}`
  switch (ending) {
    case 'made':
      return json(201, { id: operationId }, { location })
    case 'made, without a body':
      return { status: 204, headers: { location } }
    case 'answers 404':
      return json(404, { operationId })
    case 'refused':
      throw new HttpProblem<string>({ status: 409, code: 'alias-taken', detail: `Refused in ${operationId}.` })
    case 'throttled':
      throw new HttpProblem({ status: 429, code: 'rate-limited', detail: 'Slower.', headers: { 'retry-after': '1' } })
    case 'down':
      throw new AppError('dependency-failed', 'down', { retryable: true })
    default:
      throw new Error('a bug')
  }
}
