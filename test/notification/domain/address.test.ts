import { isEmail, isPhone, isWebhookUrl, normalAddress } from '../../../functions/notification/domain/address.ts'

test.each([
  'ann@example.com',
  'ann+tag@mail.example.co.uk',
  "o'neill@example.com",
  'ann@bücher.example',
])('%s is one mailbox', (text) => expect(isEmail(text)).toBe(true))

test.each([
  'ann',
  'ann@localhost',
  'Ann <ann@example.com>',
  'ann@example.com, bob@example.com',
  'ann@example.com;bob@example.com',
  ' ann@example.com',
  'ann@example.com\r\nBcc: bob@example.com',
  'ann@exam ple.com',
  'a@b@example.com',
  `${'a'.repeat(65)}@example.com`,
  'a..b@example.com',
  '.ann@example.com',
  'ann.@example.com',
  'ann@-example.com',
  'ann@example-.com',
  `ann@${'a'.repeat(64)}.com`,
  `ann@${'a'.repeat(250)}.com`,
])('%j is no mailbox', (text) => expect(isEmail(text)).toBe(false))

test('a number is in E.164, with its plus', () => {
  expect(['+4915112345678', '+14155550123'].map(isPhone)).toEqual([true, true])
  expect(
    ['015112345678', '+0491511234567', '+49 151 123456', '+4915112345678\n', '+1234567890123456'].map(isPhone),
  ).toEqual([false, false, false, false, false])
})

test.each([
  ['https://example.com/hooks?a=b', true],
  ['HTTPS://bücher.example/', true],
  ['ftp://example.com/', false],
  ['https://exa\r\nmple.com/', false],
  [' https://example.com/', false],
  ['https://example.com/\ud800', false],
  ['https://', false],
])('%j as a URL of a webhook: %j', (text, expected) => expect(isWebhookUrl(text)).toBe(expected))

test('URLs compare as they are requested: scheme and host without case, the host as A-labels', () => {
  const same = ['https://Bücher.example/Q', 'HTTPS://xn--bcher-kva.EXAMPLE:443/Q']
  expect(new Set(same.map((url) => normalAddress('webhook', url)))).toEqual(
    new Set(['https://xn--bcher-kva.example/Q']),
  )
  expect(normalAddress('webhook', 'https://bücher.example/q')).toBe('https://xn--bcher-kva.example/q')
})

test('mailboxes compare without case, their domains as A-labels', () => {
  expect(normalAddress('email', 'Ann@BÜCHER.example')).toBe('ann@xn--bcher-kva.example')
  expect(normalAddress('email', 'ann@xn--bcher-kva.example')).toBe('ann@xn--bcher-kva.example')
  expect(normalAddress('push', 'Token')).toBe('Token')
})
