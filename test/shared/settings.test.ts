import { readFileSync } from 'node:fs'
import { RemovalPolicy } from 'aws-cdk-lib'
import { RootConstruct } from 'constructs'
import { SETTING_NAMES, unknownSettings } from '../../lib/shared/setting-names.ts'
import { parseSettings, removalPolicy } from '../../lib/shared/settings.ts'

function nodeWith(context: Record<string, unknown>) {
  const { node } = new RootConstruct()
  for (const [name, value] of Object.entries(context)) node.setContext(name, value)
  return node
}

const parse = (context: Record<string, string>) => parseSettings(nodeWith(context))

const DEFAULTS = {
  ...{ stage: 'dev', tenancy: 'multi', corsOrigins: [], socketAccessLog: false },
  ...{ machineClient: false, tenantWritesPerSecond: 50, limitBudgetMs: 50, fanoutRps: 2000 },
  ...{ allowInsecureWebhooks: false, senders: { pushApplications: {} } },
}

const WEB_ACL = 'arn:aws:wafv2:us-east-1:123456789012:global/webacl/links/1a2b-3c'
const CERTIFICATE = 'arn:aws:acm:us-east-1:123456789012:certificate/1a2b-3c'

const POOL = 'arn:aws:sms-voice:eu-west-1:123456789012:pool/pool-1a2b'
const FCM = 'arn:aws:sns:eu-west-1:123456789012:app/GCM/shop'

test('without settings it is dev, for many tenants, and the app brings its issuer', () => {
  expect(parse({})).toEqual(DEFAULTS)
})

test('an empty setting counts as absent', () => {
  expect(
    parse({
      ...{ stage: '', tenancy: '', issuer: '', audience: '', publicUrl: '', corsOrigins: '', machineClient: '' },
      ...{ tenantWritesPerSecond: '', limitBudgetMs: '', fanoutRps: '', socketAccessLog: '' },
    }),
  ).toEqual(DEFAULTS)
})

test('every setting can be given', () => {
  expect(
    parse({
      stage: 'prod',
      tenancy: 'single',
      issuer: 'https://issuer.example/',
      audience: 'web, cli,',
      publicUrl: 'https://go.example//',
      corsOrigins: 'https://a.example,https://b.example',
      socketAccessLog: 'true',
      machineClient: 'true',
      machineTenant: 'acme',
      edge: 'true',
      webAclArn: WEB_ACL,
      certificateArn: CERTIFICATE,
      originSecretVersion: 'version-1',
      tenantWritesPerSecond: '1000',
      limitBudgetMs: '120',
      fanoutRps: '500',
      allowInsecureWebhooks: 'false',
      emailFrom: 'Shop <shop@example.com>',
      emailPerSecond: '50',
      smsFrom: POOL,
      smsPerSecond: '20',
      pushApplications: `fcm=${FCM}`,
      backupRegion: 'eu-central-1',
    }),
  ).toEqual({
    stage: 'prod',
    tenancy: 'single',
    // An issuer is compared letter by letter with the token's `iss`: its slash stays.
    issuer: { url: 'https://issuer.example/', audience: ['web', 'cli'] },
    publicUrl: 'https://go.example',
    tenantWritesPerSecond: 1000,
    limitBudgetMs: 120,
    fanoutRps: 500,
    allowInsecureWebhooks: false,
    senders: {
      email: { from: 'Shop <shop@example.com>', perSecond: 50 },
      sms: { from: POOL, perSecond: 20 },
      pushApplications: { fcm: FCM },
      backupRegion: 'eu-central-1',
    },
    corsOrigins: ['https://a.example', 'https://b.example'],
    socketAccessLog: true,
    machineClient: true,
    machineTenant: 'acme',
    edge: {
      webAclArn: WEB_ACL,
      domain: { name: 'go.example', certificateArn: CERTIFICATE },
      originSecretVersion: 'version-1',
    },
  })
})

test.each([
  ['https://münchen.example', 'https://xn--mnchen-3ya.example'],
  ['https://Go.Example:443/Links/', 'https://go.example/Links'],
  ['https://go.example/für', 'https://go.example/f%C3%BCr'],
  ['HTTPS://go.example', 'https://go.example'],
])('the public URL %s is stored as it is sent in a header: %s', (publicUrl, stored) => {
  expect(parse({ publicUrl }).publicUrl).toBe(stored)
})

test('every setting that is a URL is stored in ASCII', () => {
  const { issuer, corsOrigins, edge } = parse({
    issuer: 'https://käse.example/',
    audience: 'web',
    corsOrigins: 'https://käse.example, https://käse.example/,*',
    publicUrl: 'https://käse.example',
    edge: 'true',
    certificateArn: CERTIFICATE,
  })
  const ascii = 'https://xn--kse-qla.example'
  expect(issuer?.url).toBe(`${ascii}/`)
  expect(corsOrigins).toEqual([ascii, ascii, '*'])
  expect(edge?.domain?.name).toBe('xn--kse-qla.example')
})

test('an issuer gets no slash that it was not given: tokens are compared with it letter by letter', () => {
  const urlOf = (issuer: string) => parse({ issuer, audience: 'web' }).issuer?.url
  const issuers = ['https://id.example', 'https://id.example/', 'https://id.example/a', 'https://id.example/a/']
  expect(issuers.map(urlOf)).toEqual(issuers)
})

describe('an unknown setting name', () => {
  test.each([
    ['publicURL', 'publicUrl'],
    ['public-url', 'publicUrl'],
    ['Stage', 'stage'],
    ['stge', 'stage'],
    ['tenantWritesPerSec', 'tenantWritesPerSecond'],
    ['corsOrigin', 'corsOrigins'],
    ['webACL', 'webAclArn'],
  ])('is told, and %s is taken for %s', (name, meant) => {
    expect(unknownSettings(nodeWith({ [name]: 'x' }))).toEqual([
      `-c ${name} is not a setting, and has no effect: did you mean ${meant}?`,
    ])
  })

  test('that is like none brings the list of them', () => {
    expect(unknownSettings(nodeWith({ colour: 'x' }))).toEqual([
      `-c colour is not a setting, and has no effect: the settings are ${SETTING_NAMES.join(', ')}.`,
    ])
  })

  test('is not one of the CDK, which keeps its own among them', () => {
    const { context } = JSON.parse(readFileSync('cdk.json', 'utf8'))
    const lookup = { 'availability-zones:account=1:region=eu-west-1': ['a'], 'acknowledged-issue-numbers': [1] }
    expect(unknownSettings(nodeWith({ ...context, ...lookup, 'aws:cdk:enable-path-metadata': true }))).toEqual([])
  })

  test('is none that settings ask for', () => {
    expect(unknownSettings(nodeWith(Object.fromEntries(SETTING_NAMES.map((name) => [name, 'x']))))).toEqual([])
  })
})

test('an edge needs nothing else', () => {
  expect(parse({ edge: 'true' }).edge).toEqual({})
})

test.each<[Record<string, string>, string]>([
  [{ stage: 'prdo' }, '-c stage=prdo is unknown: it is one of dev, prod.'],
  [{ stage: 'Prod' }, '-c stage=Prod is unknown: it is one of dev, prod.'],
  [{ tenancy: 'none' }, '-c tenancy=none is unknown: it is one of multi, single.'],
  [{ issuer: 'https://issuer.example' }, '-c issuer and -c audience go together'],
  [{ audience: 'web' }, '-c issuer and -c audience go together'],
  [{ issuer: 'https://issuer.example', audience: ' , ' }, '-c issuer and -c audience go together'],
  [{ issuer: 'issuer.example', audience: 'web' }, '-c issuer=issuer.example is not an absolute URL'],
  [{ publicUrl: 'go.example' }, '-c publicUrl=go.example is not an absolute URL'],
  [{ publicUrl: 'ftp://go.example' }, '-c publicUrl=ftp://go.example is not an absolute URL'],
  [{ publicUrl: 'https:///go' }, '-c publicUrl=https:///go is not an absolute URL'],
  ...['go.example/?', 'go.example/#', 'go.example?a=b', 'go.example/#top', 'user@go.example', ':pw@go.example'].flatMap(
    (rest): [Record<string, string>, string][] => [
      [{ publicUrl: `https://${rest}` }, `-c publicUrl=https://${rest} must have no query, fragment or credentials.`],
      [
        { issuer: `https://${rest}`, audience: 'web' },
        `-c issuer=https://${rest} must have no query, fragment or credentials.`,
      ],
    ],
  ),
  [{ machineClient: 'yes' }, '-c machineClient=yes is unknown: it is one of false, true.'],
  [{ machineTenant: 'acme' }, '-c machineTenant=acme needs -c machineClient=true'],
  [{ machineClient: 'true', machineTenant: 'a/b' }, '-c machineTenant=a/b is not a tenant'],
  [{ edge: 'yes' }, '-c edge=yes is unknown: it is one of false, true.'],
  [{ webAclArn: WEB_ACL }, `-c webAclArn=${WEB_ACL} needs -c edge=true`],
  [{ certificateArn: CERTIFICATE, edge: 'false' }, `-c certificateArn=${CERTIFICATE} needs -c edge=true`],
  [{ originSecretVersion: 'v1' }, '-c originSecretVersion=v1 needs -c edge=true'],
  [{ edge: 'true', webAclArn: 'links' }, '-c webAclArn=links is not the ARN of a global web ACL'],
  ...['us-east-1:123456789012:regional', 'eu-west-1:123456789012:global', 'us-east-1:12:global'].map(
    (place): [Record<string, string>, string] => [
      { edge: 'true', webAclArn: `arn:aws:wafv2:${place}/webacl/links/1a2b` },
      'is not the ARN of a global web ACL of WAF v2 in us-east-1, from where CloudFront takes it.',
    ],
  ),
  [
    { edge: 'true', publicUrl: 'https://go.example', certificateArn: CERTIFICATE.replace('us-east-1', 'eu-west-1') },
    'is not the ARN of a certificate of ACM in us-east-1',
  ],
  ...['', 'http://go.example', 'https://go.example:8443', 'https://example.com/go'].map(
    (publicUrl): [Record<string, string>, string] => [
      { edge: 'true', certificateArn: CERTIFICATE, publicUrl },
      '-c certificateArn needs -c publicUrl=https://<the name in the certificate>, without port and path.',
    ],
  ),
  ...['0', '-1', '1.5', '1e2', 'many', '1001'].map((value): [Record<string, string>, string] => [
    { tenantWritesPerSecond: value },
    `-c tenantWritesPerSecond=${value} is not a whole number from 1 to 1000.`,
  ]),
  ...['a.example', 'https://a.example/path', 'https://a.example?x', 'https://user@a.example', 'app://a'].map(
    (value): [Record<string, string>, string] => [
      { corsOrigins: value },
      `-c corsOrigins: ${value} is not an origin, as in https://app.example.com.`,
    ],
  ),
  [{ publicUrl: 'https://go example' }, '-c publicUrl=https://go example is not an absolute URL'],
])('%j fails with the setting, its value and what is allowed', (context, message) => {
  expect(() => parse(context)).toThrow(message)
})

test('dev is destroyed, prod is kept', () => {
  expect(removalPolicy('dev')).toBe(RemovalPolicy.DESTROY)
  expect(removalPolicy('prod')).toBe(RemovalPolicy.RETAIN)
})

test('webhooks reach the machine itself in development alone', () => {
  expect(parse({ allowInsecureWebhooks: 'true' }).allowInsecureWebhooks).toBe(true)
  expect(() => parse({ allowInsecureWebhooks: 'true', stage: 'prod' })).toThrow(
    '-c allowInsecureWebhooks=true is for -c stage=dev alone.',
  )
})

test.each([
  ['shop@example.com', 'shop@example.com'],
  ['Shop@MÜNCHEN.example', 'Shop@xn--mnchen-3ya.example'],
  ['The Shop <shop@münchen.example>', 'The Shop <shop@xn--mnchen-3ya.example>'],
])('the sender %s has its domain as A-labels, as SES takes it: %s', (emailFrom, from) => {
  expect(parse({ emailFrom }).senders.email?.from).toBe(from)
})

test.each([
  [{ emailFrom: 'shop' }, '-c emailFrom=shop is not a mailbox'],
  [{ emailFrom: 'shop@exa%mple.com' }, 'is not a mailbox'],
  [{ emailFrom: 'a@b.example\r\nBcc: c@d.example' }, 'is not a mailbox'],
  [{ smsFrom: '+4915112345678' }, '-c smsFrom=+4915112345678 is not the ARN'],
  [{ pushApplications: FCM }, 'is not a name and the ARN of a platform application'],
  [{ backupRegion: 'Frankfurt' }, '-c backupRegion=Frankfurt is not a region'],
  [{ emailPerSecond: '1' }, 'is not a whole number from 2 to 1000'],
])('%j is refused', (settings, message) => {
  expect(() => parse(settings as Record<string, string>)).toThrow(message)
})
