import fc from 'fast-check'
import { createLogger, errorFields } from '../../../functions/shared/telemetry/logger.ts'
import { isPlain, REDACTED, redact, redactByPatterns, redactText } from '../../../functions/shared/telemetry/redact.ts'

const SECRET = 'hunter2-correct-horse'
const JWT = 'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ1c2VyLTEifQ.c2lnbmF0dXJlLXNpZ25hdHVyZQ'

const lineOf = (value: unknown) => String(JSON.stringify(redact(value)))

describe('a value is taken out by its name', () => {
  test.each([
    'password',
    'Password',
    'PASSWORD',
    'userPassword',
    'passwd',
    'set-cookie',
    'setCookie',
    'SET_COOKIE',
    'Set Cookie',
    'authorization',
    'Proxy-Authorization',
    'x-api-key',
    'apiKey',
    'API_KEY',
    'api.key',
    'privateKey',
    'private_key_pem',
    'client_secret',
    'secretAccessKey',
    'AWS_SESSION_TOKEN',
    'x-amz-security-token',
    'refreshToken',
    'id_token',
    'X-Amz-Signature',
    'x-amz-credential',
    'contactEmail',
    'e-mail',
    'phoneNumber',
    'sourceIp',
    'source_ip',
    'ipAddress',
    'client-ip',
    'X-Forwarded-For',
    'to\u212Aen', // the Kelvin sign, a K
    'pass\u200Bword',
  ])('%j', (name) => {
    expect(redact({ [name]: SECRET })).toEqual({ [name]: REDACTED })
  })

  test.each<[string, unknown]>([
    ['a text', SECRET],
    ['a number', 4915112345678],
    ['an object', { value: SECRET }],
    ['a list', [SECRET]],
    ['null', null],
  ])('whatever the value is: %s', (_, phone) => {
    expect(redact({ phone })).toEqual({ phone: REDACTED })
  })

  test.each<[string, unknown]>([
    ['an object in an object', { a: { b: { token: SECRET } } }],
    ['an object in a list', [[{ token: SECRET }]]],
    ['a Map', new Map([['token', SECRET]])],
    ['a Map in a Map', new Map([['a', new Map([['Token', SECRET]])]])],
    ['Headers', new Headers({ authorization: SECRET, 'set-cookie': SECRET })],
    ['a Set', new Set([{ token: SECRET }])],
    ['an object without a prototype', Object.assign(Object.create(null), { token: SECRET })],
    [
      'a class',
      new (class Session {
        token = SECRET
      })(),
    ],
    ['a property of an error', Object.assign(new Error('failed'), { token: SECRET })],
    ['__proto__', JSON.parse(`{"__proto__":{"token":"${SECRET}"}}`)],
  ])('wherever it stands: %s', (_, value) => {
    expect(lineOf(value)).not.toContain(SECRET)
  })
})

test.each<[string, unknown]>([
  ['a method toJSON', { toJSON: () => SECRET }],
  ['a method toJSON in a list', [{ toJSON: () => ({ token: SECRET }) }]],
  ['a Date with a toJSON of its own', Object.assign(new Date(0), { toJSON: () => SECRET })],
  ['bytes', Buffer.from(SECRET)],
  ['bytes in a list', [new TextEncoder().encode(SECRET)]],
])('%s does not get around it', (_, value) => {
  const line = lineOf(value)
  expect(line).not.toContain(SECRET)
  expect(line).not.toContain([...Buffer.from(SECRET)].slice(0, 3).join(','))
  expect(line).not.toContain('"0":')
})

/** What is in each of these texts must not be in what is left of it. */
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
]

test.each(SECRETS_IN_TEXTS)('%s is taken out of a text', (_, text) => {
  const left = redactText(text)
  expect(left).toContain(REDACTED)
  const secrets =
    /eyJ|Y2lwaGVy|c2VjcmV0|dXNlcjpw|IOSFODNN7|s3cr3t|value|0123456789abcdef|horse|battery|jane|doe|jörg|bücher|hara/
  expect(text).toMatch(secrets)
  expect(left).not.toMatch(secrets)
})

test('what stands around a secret is kept', () => {
  expect(redactText('https://example.com/a?x=1&token=abc&y=2#z')).toBe(
    `https://example.com/a?x=1&token=${REDACTED}&y=2#z`,
  )
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

  test('of a query', () => {
    const left = redactText(new URL(`https://x.example/?ip=${encodeURIComponent(bare)}`).href)
    expect(left).toBe(`https://x.example/?ip=${REDACTED.repeat(left.split(REDACTED).length - 1)}`)
    expect(redactText(encodeURIComponent(`http://[${bare}]/ ${bare}`))).not.toMatch(/2001|db8|113|8329|ffff|fe80|255/i)
  })
})

test('a secret is taken out where it is a name', () => {
  expect(lineOf({ 'jane@example.com': 1, '203.0.113.7': 2 })).not.toMatch(/jane|203/)
  expect(lineOf(new Map([['jane@example.com', 1]]))).not.toMatch(/jane/)
})

test.each<[string, unknown]>([
  ['a URL', new URL('https://x.example/?token=hunter2&to=jane%40example.com')],
  ['a list', ['jane@example.com']],
  ['a Set', new Set(['jane@example.com'])],
  ['a Map', new Map([['to', 'jane@example.com']])],
  ['Headers', new Headers({ forwarded: 'for="[2001:db8::1]"' })],
  ['an object', { a: [{ b: 'from 203.0.113.7' }] }],
])('texts in %s are looked through', (_, value) => {
  expect(lineOf(value)).toContain(REDACTED)
  expect(lineOf(value)).not.toMatch(/jane|hunter2|2001|203/)
})

test('an error is logged without the secrets of its message, stack and cause', () => {
  const lines: string[] = []
  const log = createLogger({ service: 'a-service', now: () => 0, write: (line) => lines.push(line) })
  const cause = new TypeError(`jane@example.com sent Bearer ${JWT}`)
  const error = new Error('no answer from 2001:db8::1, token=hunter2', { cause })
  log('ERROR', error.message, errorFields(error))
  const [line = ''] = lines
  expect(line).toContain('no answer from')
  expect(line).toContain('redact.test.ts') // the stack is there
  expect(line).not.toMatch(/jane|example\.com|eyJ|2001:db8|hunter2/)
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
  'https://example.com/a?b=c&d=e#f',
  'L#abc',
  'version-1',
  'a@b',
  'npm:@scope/name@1',
  'Unexpected token } in JSON at position 4',
  'The body has 12 tokens: too many',
])('%s stays as it is', (text) => {
  expect(redactText(text)).toBe(text)
  expect(redact({ value: [text] })).toEqual({ value: [text] })
})

test.each<[string, unknown, unknown]>([
  ['numbers, booleans and null', { a: 1, b: true, c: null }, { a: 1, b: true, c: null }],
  ['a BigInt as a text', { n: 2n ** 70n }, { n: '1180591620717411303424' }],
  ['a Date as JSON has it', { at: new Date(5) }, { at: '1970-01-01T00:00:00.005Z' }],
  ['a Date that is none', { at: new Date(Number.NaN) }, { at: null }],
  [
    'a Map by its names',
    new Map<unknown, unknown>([
      [1, 'x'],
      [{}, 'y'],
    ]),
    { 1: 'x', '[object]': 'y' },
  ],
  ['a Set by its order', new Set(['x', 'y']), { 0: 'x', 1: 'y' }],
  ['a URL', new URL('https://example.com/a'), { href: 'https://example.com/a' }],
  ['bytes by their number', Buffer.from('abc'), '[3 bytes]'],
  [
    'names beside a secret one',
    { token: 'x', tenant: 'acme', route: '/' },
    { token: REDACTED, tenant: 'acme', route: '/' },
  ],
])('%s: kept', (_, value, expected) => {
  expect(redact(value)).toEqual(expected)
})

test('a cycle ends, and what only occurs twice is kept twice', () => {
  const shared = { a: 1 }
  const loop: Record<string, unknown> = { first: shared, second: shared }
  loop.self = loop
  loop.list = [new Map([['loop', loop]])]
  expect(redact(loop)).toEqual({
    first: shared,
    second: shared,
    self: '[circular]',
    list: [{ loop: '[circular]' }],
  })
})

test('what nests too deep is cut off instead of overflowing the stack', () => {
  const deep = JSON.parse(`${'['.repeat(50_000)}${']'.repeat(50_000)}`)
  expect(lineOf({ deep })).toContain('[too deep]')
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
  redactText(part.repeat(100_000 / part.length))
  // About 100 ms is usual; an earlier pattern, quadratic in its length, took 4.5 seconds.
  expect(performance.now() - start).toBeLessThan(1500)
})

test('what is given is not changed', () => {
  const value = { token: SECRET, list: ['jane@example.com'] }
  redact(value)
  expect(value).toEqual({ token: SECRET, list: ['jane@example.com'] })
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
      expect(JSON.stringify(redact({ a: [{ [logged]: logged }] }))).not.toContain(secret)
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

test('what is redacted already stays as it is', () => {
  fc.assert(
    fc.property(fc.oneof(nasty, text), (value) => {
      const once = redactText(value)
      expect(redactText(once)).toBe(once)
    }),
    { numRuns: 20 * NUM_RUNS },
  )
})

const anything = fc.anything({
  key: fc.oneof(fc.string(), nasty, fc.constantFrom('token', '__proto__', 'toJSON')),
  values: [fc.string(), nasty, fc.double(), fc.func(fc.string()), fc.constant(Symbol('s'))],
  withBigInt: true,
  withBoxedValues: true,
  withDate: true,
  withMap: true,
  withNullPrototype: true,
  withObjectString: true,
  withSet: true,
  withSparseArray: true,
  withTypedArray: true,
})

test('any value becomes JSON, and redacting it again changes nothing', () => {
  fc.assert(
    fc.property(anything, (value) => {
      const once = redact({ value })
      expect(() => JSON.parse(JSON.stringify(once))).not.toThrow()
      expect(JSON.stringify(redact(once))).toBe(JSON.stringify(once))
    }),
    { numRuns: NUM_RUNS },
  )
})

test('what is told apart at a glance is what the patterns leave as it is', () => {
  const parts = fc.oneof(
    fc.string(),
    fc.ipV4(),
    fc.ipV6(),
    fc.emailAddress(),
    fc.uuid(),
    fc.constantFrom(
      'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ1In0.c2ln',
      'Bearer abcdefghij',
      'token=abc',
      '"password":"x"',
      '::1',
      ':',
      '.',
    ),
    fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
  )
  fc.assert(
    fc.property(fc.array(parts, { maxLength: 4 }), fc.constantFrom('', ' ', ':', '.', '/'), (texts, separator) => {
      const text = texts.join(separator)
      if (isPlain(text)) expect(redactByPatterns(text)).toBe(text)
    }),
    { numRuns: 5000 },
  )
})
