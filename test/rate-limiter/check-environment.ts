import { GetFunctionConfigurationCommand, LambdaClient } from '@aws-sdk/client-lambda'
import type { Fault } from '../../functions/shared/resilience/parse-faults.ts'
import { sdkConfig, setFunctionEnvironment } from '../support/cloud.ts'
import { jsonEvent, lambdaContext } from '../support/events.ts'
import { physicalId } from './deployed.ts'

/**
 * Starts another environment of the deployed check function, with its variables, its table and its queue, and with faults
 * of its own: the deployed one serves other tests at the same time. One for each file. Its log is not shown.
 */
export async function checkEnvironment({ faults, budgetMs }: { faults: readonly Fault[]; budgetMs: number }) {
  const lambda = new LambdaClient(sdkConfig)
  const FunctionName = await physicalId('AWS::Lambda::Function', 'Check')
  const { Environment } = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName }))
  lambda.destroy()
  const own = { LIMIT_BUDGET_MS: String(budgetMs), FAULTS: JSON.stringify(faults) }
  Object.assign(process.env, Environment?.Variables, own)
  setFunctionEnvironment()
  const { write } = process.stdout
  process.stdout.write = () => true
  afterAll(() => {
    process.stdout.write = write
  })
  const { handler } = await import('../../functions/rate-limiter/check.handler.ts')
  return async (tenant: string, checks: readonly object[]) => {
    const claims = { sub: 'me', tenant, scope: 'limits:check' }
    const event = jsonEvent({ routeKey: 'POST /v1/check', claims, json: { checks } })
    const { statusCode, body } = await handler(event, lambdaContext())
    return { status: statusCode, json: JSON.parse(String(body)) }
  }
}
