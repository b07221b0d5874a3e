import { checkUrl } from '../../../functions/shared/outbound/check-url.ts'
import { createJudgeUrl } from '../../../functions/shared/outbound/resolve-url.ts'

const STRICT = { allowInsecure: false, runtimeApi: '127.0.0.1:9001' }
const LAX = { ...STRICT, allowInsecure: true }
const { signal } = new AbortController()

test.each([
  'https://example.com/hooks',
  'https://example.com:8443/?a=1',
  'https://93.184.216.34/',
  'https://[2606:4700::1]/',
  'https://bücher.example/',
])('%s may be called', (url) => {
  expect(checkUrl(url, STRICT)).toBeUndefined()
})

test.each([
  ['not-a-url', 'example.com/hooks'],
  ['not-a-url', 'https://'],
  ['not-https', 'http://example.com/'],
  ['not-https', 'ftp://example.com/'],
  ['not-https', 'file:///etc/passwd'],
  ['credentials', 'https://user:secret@example.com/'],
  ['credentials', 'https://user@example.com/'],
  ['address', 'https://127.0.0.1/'],
  ['address', 'https://127.1/'],
  ['address', 'https://2130706433/'],
  ['address', 'https://0x7f.0.0.1/'],
  ['address', 'https://0177.0.0.1/'],
  ['address', 'https://169.254.169.254/latest/meta-data/'],
  ['address', 'https://[::1]/'],
  ['address', 'https://[::ffff:169.254.169.254]/'],
  ['address', 'https://[64:ff9b::a9fe:a9fe]/'],
  ['address', 'https://localhost/'],
  ['address', 'https://LOCALHOST./'],
  ['address', 'https://a.localhost/'],
  ['address', 'https://metadata.google.internal/'],
  ['address', 'https://printer.local/'],
  ['address', 'https://intranet/'],
  ['address', 'https://１２７.0.0.1/'],
])('a URL is refused as %s: %s', (refusal, url) => {
  expect(checkUrl(url, STRICT)).toBe(refusal)
})

test.each([
  'http://127.0.0.1:8080/',
  'http://localhost:8080/',
  'http://[::1]/',
  'http://example.com/',
])('in development %s may be called', (url) => {
  expect(checkUrl(url, LAX)).toBeUndefined()
})

test.each([
  'http://127.0.0.1:9001/',
  'http://127.0.0.2:9001/',
  'http://10.0.0.1/',
  'http://169.254.169.254/',
  'http://[::ffff:127.0.0.1]/',
])('in development, too, %s may not: the machine itself is all that is allowed, without the runtime API', (url) => {
  expect(checkUrl(url, LAX)).toBe('address')
})

test('a runtime API on the default port is refused without a port in the URL', () => {
  expect(checkUrl('http://127.0.0.1/', { ...LAX, runtimeApi: '127.0.0.1:80' })).toBe('address')
})

const judgeWith = (addresses: string[] | Error) => {
  const lookup = async () => {
    if (addresses instanceof Error) throw addresses
    return addresses.map((address) => ({ address, family: 4 }))
  }
  return createJudgeUrl({ rules: STRICT, lookup })
}

/** @proves notification/webhooks-outside */
test('a name is refused if one of its addresses is not public', async () => {
  expect(await judgeWith(['93.184.216.34', '10.0.0.1'])('https://example.com/', signal)).toBe('address')
  expect(await judgeWith(['93.184.216.34'])('https://example.com/', signal)).toBeUndefined()
})

test('a name that is not known yet is accepted, and a URL that is refused anyway is not looked up', async () => {
  expect(await judgeWith(new Error('ENOTFOUND'))('https://example.com/', signal)).toBeUndefined()
  expect(await judgeWith(new Error('looked up'))('https://10.0.0.1/', signal)).toBe('address')
})

test('a resolver that never answers is not waited for after the signal', async () => {
  const controller = new AbortController()
  const judge = createJudgeUrl({ rules: STRICT, lookup: () => new Promise(() => {}) })
  const judged = judge('https://example.com/', controller.signal)
  controller.abort()
  expect(await judged).toBeUndefined()
})
