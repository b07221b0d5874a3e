import { isEmail, isPhone, normalAddress } from '../../../functions/notification/domain/address.ts'

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
  `ann@${'a'.repeat(250)}.com`,
])('%j is no mailbox', (text) => expect(isEmail(text)).toBe(false))

test('a number is in E.164, with its plus', () => {
  expect(['+4915112345678', '+14155550123'].map(isPhone)).toEqual([true, true])
  expect(
    ['015112345678', '+0491511234567', '+49 151 123456', '+4915112345678\n', '+1234567890123456'].map(isPhone),
  ).toEqual([false, false, false, false, false])
})

test('mailboxes compare without case, their domains as A-labels', () => {
  expect(normalAddress('email', 'Ann@BÜCHER.example')).toBe('ann@xn--bcher-kva.example')
  expect(normalAddress('email', 'ann@xn--bcher-kva.example')).toBe('ann@xn--bcher-kva.example')
  expect(normalAddress('push', 'Token')).toBe('Token')
})
