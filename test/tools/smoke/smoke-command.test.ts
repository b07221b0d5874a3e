import { UnsecuredJWT } from 'jose'
import { smoke, stacksWithJourney } from '../../../tools/smoke/smoke.ts'
import { checkToken } from '../../../tools/smoke/token-claims.ts'

const aToken = (claims: Record<string, unknown>) => new UnsecuredJWT(claims).encode()
const scope = 'links:read links:write'
const now = Date.parse('2026-01-01T00:00:00Z')
const [STACK = 'none'] = stacksWithJourney()
const URL_OF_AN_API = 'https://abc123.execute-api.eu-west-1.amazonaws.com'

describe('a token', () => {
  test.each([
    ['scope', { scope: 'links:write openid links:read', exp: now / 1000 + 1 }],
    ['scope, as Cognito writes it', { scope: 'links/read links/write' }],
    ['scp, a list', { scp: ['links:read', 'links:write'] }],
  ])('with its scopes in %s is accepted', (_, claims) => {
    expect(() => checkToken(aToken(claims), { scope, now })).not.toThrow()
  })

  test.each<[string, Record<string, unknown>, string]>([
    ['too few scopes', { scope: 'links/read' }, 'The token lacks the scope links:write (it has: links:read)'],
    ['no scopes', {}, 'The token lacks the scope links:read links:write (it has: none)'],
    ['a past expiry', { scope, exp: now / 1000 }, 'The token expired at 2026-01-01T00:00:00.000Z'],
    ['another purpose', { scope, token_use: 'id' }, 'This is an ID token, and the API accepts access tokens only'],
  ])('with %s is refused, and the message says how to get another', (_, claims, sentence) => {
    const check = () => checkToken(aToken(claims), { scope, now })
    expect(check).toThrow(sentence)
    expect(check).toThrow('docs/deploy.md#a-token says how to get one')
  })

  test('that is not a JWT is refused without being shown', () => {
    const error: unknown = (() => {
      try {
        return checkToken('s3cr3t', { scope, now })
      } catch (thrown) {
        return thrown
      }
    })()
    expect(String(error)).toContain('The token is not a JWT')
    expect(String(error)).not.toContain('s3cr3t')
  })
})

describe('npm run smoke', () => {
  test.each<[string, string[], string]>([
    ['no stack', [], 'Name one stack. Usage: npm run -s smoke -- <Stack>'],
    ['two stacks', [STACK, 'Other'], 'Name one stack.'],
    ['an unknown option', [STACK, '--where', 'x'], "Unknown option '--where'"],
    ['a stack without a journey', ['Other'], `Other has no journey: choose one of ${STACK}`],
    ['a path for a stack', ['../shared'], '../shared has no journey'],
    ['an invalid URL', [STACK, '--url', 'abc123', '--token', 'x'], '--url abc123 is not a URL'],
    [
      'a URL without a token',
      [STACK, '--url', URL_OF_AN_API],
      '--url requires an access token with a tenant and the scopes ',
    ],
    ['a token that lacks a scope', [STACK, '--url', URL_OF_AN_API, '--token', aToken({})], 'The token lacks the scope'],
    ['nothing deployed', [STACK], 'is not deployed to the local cloud on port 1: run "npm start"'],
  ])('%s is reported with a sentence that says what to do', async (_, args, sentence) => {
    await expect(smoke(args, { STACKYARD_PORT: '1' })).rejects.toThrow(sentence)
  })

  test('the token may be in SMOKE_TOKEN', async () => {
    const env = { STACKYARD_PORT: '1', SMOKE_TOKEN: aToken({ scope: 'nothing' }) }
    await expect(smoke([STACK, '--url', URL_OF_AN_API], env)).rejects.toThrow('(it has: nothing)')
  })
})
