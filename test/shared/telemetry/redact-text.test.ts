import fc from 'fast-check'
import { REDACTED, redactText } from '../../../functions/shared/telemetry/redact-text.ts'

const JWT = 'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ1c2VyLTEifQ.c2lnbmF0dXJlLXNpZ25hdHVyZQ'

/** Texts with the secrets that must not be left in them. */
const SECRETS_IN_TEXTS: [string, string][] = [
  ['a JWT', `rejected ${JWT}.`],
  ['a JWT without a signature', `rejected ${JWT.slice(0, JWT.lastIndexOf('.'))}`],
  ['a JWT in a query', `https://example.com/?state=a%20${JWT}`],
  ['an encrypted JWT', 'rejected eyJhbGciOiJkaXIifQ..c2VjcmV0LWl2.Y2lwaGVydGV4dA.dGFn'],
  ['a bearer token', 'Authorization: Bearer c2VjcmV0LXRva2Vu'],
  ['a bearer token in lower case', 'authorization: bearer   c2VjcmV0LXRva2Vu'],
  ['a basic token', 'Basic dXNlcjpwYXNzd29yZA=='],
  ['an AWS access key', 'the key AKIAIOSFODNN7EXAMPLE is invalid'],
  ['a temporary AWS access key', 'key=ASIAIOSFODNN7EXAMPLE,'],
  ['a token in a query', 'https://example.com/a?x=1&access_token=s3cr3t-value&y=2#z'],
  ['a password in a form', 'user=x&password=s3cr3t%2Fvalue'],
  ['an API key in a query', 'https://example.com/?apiKey=s3cr3t-value'],
  ['a signed URL', 'https://b.s3.amazonaws.com/k?X-Amz-Signature=0123456789abcdef'],
  ['a token in a query in a query', 'https://example.com/?to=https%3A%2F%2Fx.example%3Ftoken%3Ds3cr3t-value'],
  ['a password in JSON', 'Unexpected token in {"password": "correct horse, battery"}'],
  ['a password in JSON in JSON', String.raw`{"body":"{\"password\":\"correct horse\"}"}`],
  ['user and password of a URL', 'https://user:s3cr3t-value@localhost:8080/'],
  ['an e-mail', 'mail to jane.doe+news@mail.example.com failed'],
  ['an e-mail in a query', 'https://example.com/?to=jane.doe%40example.com&x=1'],
  ['an e-mail that was encoded twice', 'https://example.com/?to=jane.doe%2540example.com'],
  ['an e-mail in other letters', '<jörg@bücher.example>'],
  ['an e-mail with a quote', "o'hara@example.com"],
  ['any query of a URL', 'no answer from https://example.com/a?s3cr3t-value'],
  ['a query of a path', 'GET /v1/links?cursor=s3cr3t-value'],
  ['a query that was encoded', 'to=https%3A%2F%2Fx.example%2F%3Fcursor%3Ds3cr3t-value'],
  ['a fragment with parameters', 'https://example.com/callback#state=s3cr3t-value'],
  ['a user without a password', 'https://s3cr3t-value@localhost/'],
  ['a secret access key', 'signed with wJalrXUtnFEMI/K7MDENG/bPxRfiCYs3cr3tKEYY'],
  ['a session token', `with ${'IQoJb3JpZ2luX2VjEs3cr3t/+'.repeat(8)}==`],
]

test.each(SECRETS_IN_TEXTS)('%s is taken out of a text', (_, text) => {
  const left = redactText(text)
  expect(left).toContain(REDACTED)
  const secrets =
    /eyJ|Y2lwaGVy|c2VjcmV0|dXNlcjpw|IOSFODNN7|s3cr3t|value|0123456789abcdef|horse|battery|jane|doe|jörg|bücher|hara/
  expect(text).toMatch(secrets)
  expect(left).not.toMatch(secrets)
})

test('the text around a secret is kept', () => {
  expect(redactText('GET https://example.com/a?x=1&y=2#z failed')).toBe(`GET https://example.com/a?${REDACTED} failed`)
  expect(redactText('token=abc&code=2')).toBe(`token=${REDACTED}&code=2`)
  expect(redactText('connect ECONNREFUSED 203.0.113.7:443')).toBe(`connect ECONNREFUSED ${REDACTED}:443`)
  expect(redactText('https://user:word@host.example/')).toBe(`https://${REDACTED}@host.example/`)
})

const ADDRESSES = [
  '203.0.113.7',
  '0.0.0.0',
  '255.255.255.255',
  '203.000.113.007',
  '2001:db8::1',
  '2001:DB8::A',
  '2001:0db8:0000:0000:0000:ff00:0042:8329',
  '2001:db8:1:2:3:4:5:6',
  '::1',
  'fe80::',
  'fe80::1%eth0',
  '1:2:3:4:5:6:7::',
  '::ffff:203.0.113.7',
  '::FFFF:cb00:7107',
  '0:0:0:0:0:ffff:203.0.113.7',
  '2001:db8:1:2:3:4:203.0.113.7',
  '64:ff9b::203.0.113.7',
]

describe.each(ADDRESSES)('the address %s is taken out', (address) => {
  const bare = address.replace('%eth0', '')

  test.each([
    '@',
    'from @.',
    'from @, again',
    'from @: refused',
    'connect ECONNREFUSED @:443',
    'connect ECONNREFUSED @:49152',
    'http://[@]/',
    'http://[@]:8080/a?b=c',
    'for="[@]:1234"',
    '"@"',
    'ip=@;x=1',
    '(@)',
    '@/64',
    '...@',
    'a\n@\nb',
  ])('of %j', (text) => {
    const left = redactText(text.replace('@', address))
    expect(left).toContain(REDACTED)
    expect(left).not.toContain(bare)
    // Nothing of it, not even a part: a port may stay.
    expect(left).not.toMatch(/2001|db8|113|8329|ff9b|ffff|cb00|fe80|255|0\.0/i)
  })

  test('of a URL', () => {
    const left = redactText(`https://x.example/ip/${encodeURIComponent(bare)}`)
    expect(left).toBe(`https://x.example/ip/${REDACTED.repeat(left.split(REDACTED).length - 1)}`)
    expect(redactText(encodeURIComponent(`http://[${bare}]/ ${bare}`))).not.toMatch(/2001|db8|113|8329|ffff|fe80|255/i)
  })
})

test.each([
  '2026-03-12T19:03:58.005Z',
  '2026-03-12T19:03:58+01:00',
  '12/Mar/2026:19:03:58 +0000',
  '19:03:58',
  '1:02:03:04', // days, hours, minutes, seconds
  'PT1H30M',
  '1.5s',
  'JKJaXmPLvHcESHA=',
  '01JP5Z8V3K7Q2M4N6R8T0W1X3Y',
  'c6af9ac6-7b61-11e6-9a41-93e8deadbeef',
  '4bf92f3577b34da6a3ce929d0e0e4736',
  '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
  'Root=1-67891233-abcdef012345678912345678',
  '1.2.3',
  '1.2.3.4.5',
  'v24.21.0',
  '10.0.0.256',
  '2026/03/12/[$LATEST]abcdef',
  'arn:aws:lambda:eu-central-1:123456789012:function:a-function:1',
  'arn:aws:s3:::a-bucket/a-key',
  'arn:aws:iam::123456789012:role/a-role',
  'arn:aws:secretsmanager:eu-central-1:123456789012:secret:signing-keys-AbCdEf',
  'AWS::URLSuffix',
  'AWS::SecretsManager::Secret',
  'std::fade',
  'face::detect',
  'GET /v1/links/{code}',
  'https://example.com/a#f',
  'a?.b is not a function',
  'file:///var/task/index.mjs:1:2345',
  `at a (file://${'/a-directory/Code7'.repeat(12)}/index.mjs:1:22607)`,
  `at a (${'/Code7'.repeat(6)}/abc.mjs:1:22607)`,
  `the commit ${'0123456789'.repeat(4)} and a/relative/path/that/is/of/40/characters`,
  'L#abc',
  'version-1',
  'a@b',
  'npm:@scope/name@1',
  'Unexpected token } in JSON at position 4',
  'The body has 12 tokens: too many',
])('%s stays as it is', (text) => {
  expect(redactText(text)).toBe(text)
})

test.each([
  '%3Aabcde',
  'a',
  '1.',
  'eyJaaaaaaaa',
  'token" ',
  '://a',
  'Bearer ',
  'a:',
  '%40',
  'a@a.',
  'é',
])('a long text takes a time in proportion to its length: %j again and again', (part) => {
  const start = performance.now()
  redactText(part.repeat(100_000 / part.length), 100_000)
  // About 100 ms is usual; an earlier pattern, quadratic in its length, took 4.5 seconds.
  expect(performance.now() - start).toBeLessThan(1500)
})

describe('a text that is too long is truncated', () => {
  test('between two words, so that no half of a secret is left', () => {
    const text = `${'word '.repeat(4)}jane.doe@mail.example.com`
    for (let length = 1; length < text.length; length++) expect(redactText(text, length)).not.toMatch(/jane|doe/)
    expect(redactText(text, 24)).toBe(`${'word '.repeat(4)}…`)
    expect(redactText(text, text.length)).toBe(`${'word '.repeat(4)}${REDACTED}`)
  })

  test('altogether where it has no words', () => {
    expect(redactText('x'.repeat(3000))).toBe('…')
  })
})

const NUM_RUNS = 1000
const text = fc.string({ unit: 'binary' })
const delimiter = fc.constantFrom(' ', '"', "'", '(', '[', ',', '=', '/', '<', ';', '\n', '\t')

test.each<[string, fc.Arbitrary<string>]>([
  ['IPv4 address', fc.ipV4()],
  ['IPv6 address', fc.ipV6()],
  ['e-mail', fc.emailAddress()],
  ['e-mail in a query', fc.emailAddress().map(encodeURIComponent)],
  ['IPv6 address in a query', fc.ipV6().map(encodeURIComponent)],
])('no %s is ever left, whatever stands around it', (_, secrets) => {
  fc.assert(
    fc.property(secrets, fc.tuple(text, delimiter, delimiter, text), (secret, [before, open, close, after]) => {
      const around = [before + open, close + after]
      fc.pre(!around.some((part) => part.includes(secret)))
      const logged = around.join(secret)
      expect(redactText(logged)).not.toContain(secret)
    }),
    { numRuns: NUM_RUNS },
  )
})

const nasty = fc
  .array(
    fc.constantFrom(
      ...['a', 'F', '1', '9', '.', ':', '::', '@', '%40', '%3A', '%', '=', '&', '"', ' ', '-', '\\"'],
      ...['1.2.3.4', 'fe80', '2001:db8::1', 'x@y.z', 'eyJhbGciOiJSUzI1NiJ9', 'Bearer ', 'AKIAIOSFODNN7EXAMPLE'],
      ...['token=', '"token":"', '://', 'abcdefgh', '49152', REDACTED],
    ),
    { maxLength: 14 },
  )
  .map((parts) => parts.join(''))

test('a redacted text stays as it is', () => {
  fc.assert(
    fc.property(fc.oneof(nasty, text), (value) => {
      const once = redactText(value)
      expect(redactText(once)).toBe(once)
    }),
    { numRuns: 20 * NUM_RUNS },
  )
})
