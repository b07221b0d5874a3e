import { readFileSync } from 'node:fs'
import { visitorOf } from '../../functions/url-shortener/visit/visitor.ts'
import {
  at,
  objectsIn,
  ofType,
  referenced,
  type SynthesizedStack,
  stackOf,
  stacksWith,
  stringsIn,
} from '../support/templates.ts'

const WEB_ACL = 'arn:aws:wafv2:us-east-1:123456789012:global/webacl/links/1a2b'
const CERTIFICATE = 'arn:aws:acm:us-east-1:123456789012:certificate/1a2b'

const stackWith = (settings: Record<string, string> = {}) => stackOf(stacksWith(settings), 'UrlShortener')
const [without, withEdge] = [stackWith(), stackWith({ edge: 'true' })]
const own = stackWith({
  edge: 'true',
  stage: 'prod',
  publicUrl: 'https://go.example',
  certificateArn: CERTIFICATE,
  webAclArn: WEB_ACL,
  originSecretVersion: 'version-1',
})

function configOf({ resources }: SynthesizedStack): unknown {
  return at(ofType(resources, 'AWS::CloudFront::Distribution')[0]?.properties, 'DistributionConfig')
}

function behaviorsOf(stack: SynthesizedStack) {
  const config = configOf(stack)
  const others = at(config, 'CacheBehaviors') as unknown[]
  return Object.fromEntries([
    ['*', at(config, 'DefaultCacheBehavior')],
    ...others.map((behavior) => [at(behavior, 'PathPattern'), behavior]),
  ])
}

function variableOf(stack: SynthesizedStack, idPrefix: string, name: string): unknown {
  const fn = ofType(stack.resources, 'AWS::Lambda::Function').find(({ id }) => id.startsWith(idPrefix))
  return at(fn?.properties, 'Environment', 'Variables', name)
}

/** Returns the headers that a behaviour forwards, by the policy that it names. */
function headersOf(stack: SynthesizedStack, path: string): string[] {
  const policy = referenced(at(behaviorsOf(stack)[path], 'OriginRequestPolicyId'))
  const resource = stack.resources.find(({ id }) => id === policy)
  return stringsIn(at(resource?.properties, 'OriginRequestPolicyConfig', 'HeadersConfig', 'Headers'))
}

const idOfSecret = ({ resources }: SynthesizedStack) =>
  ofType(resources, 'AWS::SecretsManager::Secret').find(({ id }) => id.includes('OriginSecret'))?.id

test('without the setting there is no edge, and no header of an edge is trusted', () => {
  const types = without.resources.map(({ type }) => type)
  expect(types.filter((type) => type.startsWith('AWS::CloudFront'))).toEqual([])
  expect(idOfSecret(without)).toBeUndefined()
  expect(JSON.stringify(without.template.toJSON())).not.toContain('ORIGIN_SECRET')
  expect(without.outputs.EdgeUrl).toBeUndefined()
})

test('short links start with the edge’s URL, unless a public URL is set', () => {
  expect(withEdge.outputs.EdgeUrl).toBeDefined()
  expect(variableOf(withEdge, 'Management', 'PUBLIC_URL')).toEqual(withEdge.outputs.EdgeUrl)
  expect(variableOf(own, 'Management', 'PUBLIC_URL')).toBe('https://go.example')
})

test('the API can be reached directly, too', () => {
  expect(withEdge.outputs.ApiUrl).toEqual(without.outputs.ApiUrl)
  expect(variableOf(withEdge, 'Management', 'API_URL')).toEqual(withEdge.outputs.ApiUrl)
})

test('the edge caches short links for a second at most, so that a block or a cap holds there too, by path and query alone', () => {
  const policy = referenced(at(behaviorsOf(withEdge)['*'], 'CachePolicyId'))
  const resource = withEdge.resources.find(({ id }) => id === policy)
  expect(at(resource?.properties, 'CachePolicyConfig')).toMatchObject({
    MinTTL: 0,
    DefaultTTL: 0,
    MaxTTL: 1,
    ParametersInCacheKeyAndForwardedToOrigin: {
      QueryStringsConfig: { QueryStringBehavior: 'all' },
      HeadersConfig: { HeaderBehavior: 'none' },
      CookiesConfig: { CookieBehavior: 'none' },
      EnableAcceptEncodingGzip: false,
      EnableAcceptEncodingBrotli: false,
    },
  })
})

test('responses to a user’s token are never cached', () => {
  const CACHING_DISABLED = '4135ea2d-6df8-44a3-9df3-4b5a84be39ad'
  const behaviors = behaviorsOf(withEdge)
  expect(Object.keys(behaviors)).toEqual(['*', '/v1/reports', '/v1/*', '/health'])
  for (const path of ['/v1/reports', '/v1/*', '/health']) {
    expect(behaviors[path]).toMatchObject({ CachePolicyId: CACHING_DISABLED, ViewerProtocolPolicy: 'https-only' })
  }
})

test('no error is cached unless the API says so', () => {
  const errors = at(configOf(withEdge), 'CustomErrorResponses') as { ErrorCode: number; ErrorCachingMinTTL: number }[]
  expect(errors.map(({ ErrorCode }) => ErrorCode)).toEqual([404, 414, 500, 501, 502, 503, 504])
  expect(errors.every(({ ErrorCachingMinTTL }) => ErrorCachingMinTTL === 0)).toBe(true)
})

/** Returns the names of all headers by which visitors are told apart. */
function headersOfVisitors(): string[] {
  const names = new Set<string>()
  const headers = new Proxy<Record<string, string>>({}, { get: (_, name) => void names.add(String(name)) })
  // Each property is worked out when it is read, which a copy does.
  void { ...visitorOf({ headers, clientAddress: '192.0.2.1' }, { isFromEdge: true }) }
  return [...names]
}

test('docs/deploy.md names every header of a visitor that the edge does not forward', () => {
  const forwarded = headersOf(withEdge, '*').map((name) => name.toLowerCase())
  const lost = headersOfVisitors().filter((name) => !forwarded.includes(name))
  const [, named = ''] = /^- \*\*Forwarded headers\.\*\*(.*?)^- /ms.exec(readFileSync('docs/deploy.md', 'utf8')) ?? []
  expect(lost).toContain('x-purpose')
  expect(lost.filter((name) => !named.toLowerCase().includes(`\`${name}\``))).toEqual([])
})

test('a visit is forwarded with the ten headers that AWS allows in a cache key, and all cookies', () => {
  const headers = headersOf(withEdge, '*')
  expect(headers).toEqual(
    expect.arrayContaining([
      'accept',
      'user-agent',
      'sec-purpose',
      'referer',
      'CloudFront-Viewer-Address',
      'CloudFront-Viewer-Country',
    ]),
  )
  expect(headers.length).toBeLessThanOrEqual(10)
  const policies = ofType(withEdge.resources, 'AWS::CloudFront::OriginRequestPolicy')
  expect(policies).toHaveLength(2)
  for (const { properties } of policies) {
    expect(at(properties, 'OriginRequestPolicyConfig')).toMatchObject({
      CookiesConfig: { CookieBehavior: 'all' },
      QueryStringsConfig: { QueryStringBehavior: 'all' },
    })
  }
})

test('a report is forwarded with the address by which it is limited', () => {
  const headers = headersOf(withEdge, '/v1/reports')
  expect(headers).toEqual(expect.arrayContaining(['CloudFront-Viewer-Address', 'content-type', 'origin']))
  expect(headers.length).toBeLessThanOrEqual(10)
})

test('the API gets all headers, with tokens and conditions, except Host, for which it would refuse the request', () => {
  const ALL_VIEWER_EXCEPT_HOST = 'b689b0a8-53d0-40ab-baf2-68738e2966ac'
  const behaviors = behaviorsOf(withEdge)
  for (const path of ['/v1/*', '/health']) {
    expect(behaviors[path]).toMatchObject({ OriginRequestPolicyId: ALL_VIEWER_EXCEPT_HOST })
  }
  for (const path of ['*', '/v1/reports'])
    expect(headersOf(withEdge, path).map((it) => it.toLowerCase())).not.toContain('host')
})

test('every method is allowed: links are unlocked by POST', () => {
  for (const behavior of Object.values(behaviorsOf(withEdge))) {
    expect(stringsIn(at(behavior, 'AllowedMethods')).sort()).toEqual([
      'DELETE',
      'GET',
      'HEAD',
      'OPTIONS',
      'PATCH',
      'POST',
      'PUT',
    ])
  }
})

test('the edge proves itself by a secret that only CloudFormation and the functions read', () => {
  const secret = idOfSecret(withEdge)
  const [origin] = at(configOf(withEdge), 'Origins') as unknown[]
  expect(at(origin, 'CustomOriginConfig')).toEqual({
    OriginProtocolPolicy: 'https-only',
    OriginSSLProtocols: ['TLSv1.2'],
  })
  const [header] = at(origin, 'OriginCustomHeaders') as unknown[]
  expect(header).toEqual({
    HeaderName: 'x-origin-secret',
    HeaderValue: { 'Fn::Join': ['', ['{{resolve:secretsmanager:', { Ref: secret }, ':SecretString:::}}']] },
  })
  for (const idPrefix of ['Redirect', 'Management']) {
    expect(variableOf(withEdge, idPrefix, 'ORIGIN_SECRET')).toEqual({ Ref: secret })
    const readers = ofType(withEdge.resources, 'AWS::IAM::Policy')
      .filter(({ properties }) =>
        objectsIn(properties.PolicyDocument).some(({ Resource }) =>
          objectsIn(Resource).map(referenced).includes(secret),
        ),
      )
      .flatMap(({ properties }) => objectsIn(properties.Roles).map(referenced))
    expect(readers.some((role) => role?.startsWith(idPrefix))).toBe(true)
  }
})

test('naming a new version after a rotation changes the distribution, which reads the secret again', () => {
  const [origin] = at(configOf(own), 'Origins') as unknown[]
  expect(stringsIn(at(origin, 'OriginCustomHeaders')).at(-1)).toBe(':SecretString:::version-1}}')
})

test('a custom domain requires TLS 1.2, and a web ACL is applied', () => {
  expect(configOf(own)).toMatchObject({
    Aliases: ['go.example'],
    HttpVersion: 'http2and3',
    WebACLId: WEB_ACL,
    ViewerCertificate: { AcmCertificateArn: CERTIFICATE, MinimumProtocolVersion: 'TLSv1.2_2021' },
  })
})

test('no visitor’s address is logged', () => {
  for (const stack of [withEdge, own]) expect(at(configOf(stack), 'Logging')).toBeUndefined()
})

test('names that are unique in an account contain stack and region, so that the stack can be deployed twice', () => {
  const named = withEdge.resources.filter(({ type }) => /^AWS::CloudFront::.*Policy$/.test(type))
  expect(named).toHaveLength(3)
  for (const { properties } of named) {
    const names = objectsIn(properties).map(({ Name }) => Name)
    const refs = objectsIn(names).map(referenced)
    expect(refs).toEqual(expect.arrayContaining(['AWS::StackName', 'AWS::Region']))
  }
})
