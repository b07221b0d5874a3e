import { markAttributes, markUpdate, readMark } from '../../../functions/shared/events/mark.ts'
import { aMark } from './an-event.ts'

test.each([null, 'event-0'])('a mark is read back as it was written: caused by %s', (causationId) => {
  const mark = aMark({ causationId })
  expect(readMark(markAttributes(mark))).toEqual({ mark, sequence: 1 })
})

test('an update sets the same mark, and raises the sequence', () => {
  const { set, names, values } = markUpdate(aMark())
  expect(set).toBe('#event = :event, #sequence = if_not_exists(#sequence, :noEvents) + :oneEvent')
  expect(names).toEqual({ '#event': 'event', '#sequence': 'sequence' })
  expect(values).toEqual({ ':event': markAttributes(aMark()).event, ':noEvents': { N: '0' }, ':oneEvent': { N: '1' } })
})

test('an item without a mark has none', () => {
  expect(readMark({ pk: { S: 'a' } })).toBeUndefined()
})

test.each(['0', '1.5', '-1', 'NaN', '9007199254740993'])('a sequence of %s is refused', (N) => {
  expect(() => readMark({ ...markAttributes(aMark()), sequence: { N } })).toThrow(`The sequence is ${N}`)
})
