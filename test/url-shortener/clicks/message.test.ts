import { readClickMessage } from '../../../functions/url-shortener/clicks/message.ts'
import { aClick } from './a-click.ts'

test('a click and a request for an event are read as they were sent', () => {
  for (const message of [aClick(1), aClick(2, { visitor: null }), { due: { code: 'abc', tenant: 'acme' } }]) {
    expect(readClickMessage(JSON.parse(JSON.stringify(message)))).toEqual(message)
  }
})

test('a message with wrong fields names them, and not their values', () => {
  expect(() => readClickMessage({ ...aClick(1), at: 'secret', visitor: 'short' })).toThrow(
    'A message with wrong fields: at (invalid_type), visitor (too_small)',
  )
  expect(() => readClickMessage(null)).toThrow('A message with wrong fields')
})
