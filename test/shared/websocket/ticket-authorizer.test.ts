import type { TicketHolder } from '../../../functions/shared/auth/tickets.ts'
import { toConnection } from '../../../functions/shared/websocket/connection.ts'
import { type AuthorizerEvent, ticketAuthorizer } from '../../../functions/shared/websocket/ticket-authorizer.ts'
import { lambdaContext } from '../../support/events.ts'
import { CONNECTION, socketEvent } from '../../support/socket-events.ts'
import { recordedTelemetry } from '../../support/telemetry.ts'

const TICKET = 'not-for-logs'
const ARN = 'arn:aws:execute-api:eu-central-1:123456789012:api-id/live/$connect'
const holder: TicketHolder = { tenant: 'acme', user: 'user-1', scopes: new Set(['chat', 'chat:admin']) }

function authorizerOf(take: (ticket: string) => Promise<TicketHolder | undefined>) {
  const { telemetry, lines } = recordedTelemetry()
  const authorize = ticketAuthorizer({ ...telemetry, take })
  const call = (queryStringParameters?: AuthorizerEvent['queryStringParameters']) =>
    authorize(
      {
        methodArn: ARN,
        ...(queryStringParameters !== undefined && { queryStringParameters }),
        requestContext: { requestId: 'request-1', connectionId: CONNECTION.connectionId },
      },
      lambdaContext(),
    )
  return { call, lines }
}

const effectOf = (effect: string) => ({
  Version: '2012-10-17',
  Statement: [{ Action: 'execute-api:Invoke', Effect: effect, Resource: ARN }],
})

test('a good ticket opens this route, and its holder is the user of the connection', async () => {
  const { call } = authorizerOf(async (ticket) => (ticket === TICKET ? holder : undefined))
  const result = await call({ ticket: TICKET })
  expect(result).toMatchObject({ principalId: 'user-1', policyDocument: effectOf('Allow') })
  const authorizer = { ...result.context, principalId: result.principalId }
  expect(toConnection(socketEvent({ authorizer }))).toEqual({ ...CONNECTION, ...holder })
})

test('the context has only strings, as API Gateway requires', async () => {
  const { context } = await authorizerOf(async () => holder).call({ ticket: TICKET })
  expect(context).toEqual({ tenant: 'acme', user: 'user-1', scopes: 'chat chat:admin' })
})

test('a holder without scopes has none on the connection', async () => {
  const { context } = await authorizerOf(async () => ({ ...holder, scopes: new Set<string>() })).call({
    ticket: TICKET,
  })
  expect(toConnection(socketEvent({ authorizer: { ...context } })).scopes).toEqual(new Set())
})

test.each([
  ['a ticket that nobody holds', { ticket: TICKET }],
  ['no ticket', {}],
  ['no query', null],
])('%s is denied, with nothing else in the answer', async (_, query) => {
  const { call, lines } = authorizerOf(async () => undefined)
  expect(await call(query)).toEqual({ principalId: 'unknown', policyDocument: effectOf('Deny') })
  expect(lines).toMatchObject([{ message: 'invocation', outcome: 'denied' }])
})

test('no line has the ticket', async () => {
  const { call, lines } = authorizerOf(async (ticket) => Promise.reject(new Error(`https://x/live?ticket=${ticket}`)))
  await expect(call({ ticket: TICKET })).rejects.toThrow()
  expect(lines.length).toBeGreaterThan(0)
  expect(JSON.stringify(lines)).not.toContain(TICKET)
})

test('an outage fails the function, so that it is not taken for a bad ticket', async () => {
  const { call } = authorizerOf(() => Promise.reject(new Error('down')))
  await expect(call({ ticket: TICKET })).rejects.toThrow('down')
})
