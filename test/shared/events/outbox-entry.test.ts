import { entryAttributes, entryUpdate, readEntry } from '../../../functions/shared/events/outbox-entry.ts'
import { anEntry } from './an-event.ts'

test.each([null, 'event-0'])('an entry is read back as it was written: caused by %s', (causationId) => {
  const entry = anEntry({ causationId })
  expect(readEntry(entryAttributes(entry))).toEqual({ entry, sequence: 1 })
})

test('an update sets the same entry, and raises the sequence', () => {
  const { set, names, values } = entryUpdate(anEntry())
  expect(set).toBe('#event = :event, #sequence = if_not_exists(#sequence, :noEvents) + :oneEvent')
  expect(names).toEqual({ '#event': 'event', '#sequence': 'sequence' })
  expect(values).toEqual({
    ':event': entryAttributes(anEntry()).event,
    ':noEvents': { N: '0' },
    ':oneEvent': { N: '1' },
  })
})

test('an item without an entry has none', () => {
  expect(readEntry({ pk: { S: 'a' } })).toBeUndefined()
})

test.each(['0', '1.5', '-1', 'NaN', '9007199254740993'])('a sequence of %s is refused', (N) => {
  expect(() => readEntry({ ...entryAttributes(anEntry()), sequence: { N } })).toThrow(`The sequence is ${N}`)
})
