import { eventually } from '../../support/eventually.ts'
import { answered } from '../../support/http.ts'
import { checkEnvironment } from '../check-environment.ts'
import { aTenant, unique } from '../deployed.ts'

// As long as the local cloud may take for a decision: all that is slow here takes longer.
const BUDGET_MS = 1000
const slow = (operation: string) => ({ operation, rate: 1, latencyMs: 1500 })
const ask = await checkEnvironment({
  faults: [slow('secretsmanager.GetSecretValue'), slow('dynamodb.GetItem')],
  budgetMs: BUDGET_MS,
})

/** @proves rate-limiter/budget */
test('the budget begins after the init and the first read of the policy, however slow both are', async () => {
  const { tenant, put } = await aTenant()
  // A busy machine may take longer for the decision itself: then another policy is read for the first time.
  await eventually(async () => {
    const policy = `slow-${unique()}`
    answered(201, await put(policy, { limit: 10, windowMs: 3_600_000, onError: 'open' }))
    const { json } = await ask(tenant, [{ policy, subject: 'a' }])
    expect(json.decisions).toMatchObject([{ allowed: true, degraded: false, source: 'store', remaining: 9 }])
  })
})
