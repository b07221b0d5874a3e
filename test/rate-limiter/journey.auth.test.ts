import { journey, scope } from '../../lib/rate-limiter/journey.ts'
import { runJourney } from '../../tools/smoke/run-journey.ts'
import { apiUrl, newTenant, token } from '../support/cloud.ts'

test('with IAM enforced, the functions’ own roles allow all that their routes do', async () => {
  const bearer = await token({ sub: 'user-1', tenant: newTenant(), scope })
  const lines: string[] = []
  const failures = await runJourney({
    url: apiUrl('RateLimiter'),
    token: bearer,
    journey,
    print: (line) => lines.push(line),
  })
  expect([failures, lines.length]).toEqual([[], 26])
})
