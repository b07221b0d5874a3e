import type { APIGatewayAuthorizerResult, Context } from 'aws-lambda'
import type { TicketHolder } from '../auth/tickets.ts'
import { type InstrumentOptions, instrument } from '../telemetry/instrument.ts'
import { toAuthorizerContext } from './connection.ts'

/** The parts of API Gateway's event for a REQUEST authorizer of a WebSocket API that are used. */
export interface AuthorizerEvent {
  /** The ARN of the `$connect` route. */
  methodArn: string
  queryStringParameters?: Readonly<Record<string, string | undefined>> | null
  requestContext: { requestId: string; connectionId: string }
}

export interface TicketAuthorizerOptions extends InstrumentOptions {
  /** Takes a ticket; `take` of `createTickets` fits. */
  take: (ticket: string, signal: AbortSignal) => Promise<TicketHolder | undefined>
}

/**
 * Creates the authorizer of `$connect`, which takes the ticket in the query `?ticket=` and passes its holder on to all
 * events of the connection. Any other request is denied, and its upgrade is refused with 403. If the ticket can't be
 * checked, the function fails, and the upgrade with it (500): whoever tries again needs a new ticket.
 */
export function ticketAuthorizer({ take, ...telemetry }: TicketAuthorizerOptions) {
  const correlate = ({ requestContext }: AuthorizerEvent) => ({ correlationId: requestContext.requestId })
  const authorize = instrument(telemetry)(correlate, async (event: AuthorizerEvent, { signal, describe }) => {
    const holder = await take(event.queryStringParameters?.ticket ?? '', signal)
    describe({ connection_id: event.requestContext.connectionId, outcome: holder ? 'ok' : 'denied' })
    return holder ? allow(event.methodArn, holder) : deny(event.methodArn)
  })
  return (event: AuthorizerEvent, context: Context): Promise<APIGatewayAuthorizerResult> => authorize(event, context)
}

function allow(methodArn: string, holder: TicketHolder): APIGatewayAuthorizerResult {
  return { principalId: holder.user, ...policy('Allow', methodArn), context: toAuthorizerContext(holder) }
}

function deny(methodArn: string): APIGatewayAuthorizerResult {
  return { principalId: 'unknown', ...policy('Deny', methodArn) }
}

/** Builds the IAM policy that authorizers of WebSocket APIs return; the simple response exists for HTTP APIs only. */
function policy(Effect: 'Allow' | 'Deny', methodArn: string): Pick<APIGatewayAuthorizerResult, 'policyDocument'> {
  return {
    policyDocument: {
      Version: '2012-10-17',
      Statement: [{ Action: 'execute-api:Invoke', Effect, Resource: methodArn }],
    },
  }
}
