import type { AttributeValue } from '@aws-sdk/client-dynamodb'
import type { Item } from '../../../../functions/shared/data/table.ts'
import { refusal } from '../../../support/fake-dynamodb.ts'

// As much of DynamoDB's expressions as the stores here use; whatever else is met throws. That the engine's and these
// mean the same is shown by fake-table.store.test.ts.

/** The names and values that an expression may refer to, as in a request. */
export interface Placeholders {
  ExpressionAttributeNames?: Record<string, string> | undefined
  ExpressionAttributeValues?: Item | undefined
}

type Value = AttributeValue | undefined

interface Reader {
  /** Takes the next token, if it is one of these. */
  take: (...tokens: string[]) => string | undefined
  expect: (token: string) => void
  /** Takes a path and gives its attribute's name. */
  name: () => string
  /** Takes a path or a placeholder of a value. */
  operand: (item: Item) => Value
  isDone: () => boolean
}

const TOKEN = /<=|>=|<>|[<>=(),]|[#:]?\w+|\S/g
const KEYWORDS = ['AND', 'OR', 'NOT', 'SET', 'REMOVE', 'ADD', 'DELETE']

/** Reads expressions of one request; `finish` refuses placeholders that none of them used, as DynamoDB does. */
export function expressionReader({ ExpressionAttributeNames, ExpressionAttributeValues }: Placeholders) {
  const defined: Record<string, unknown> = { ...ExpressionAttributeNames, ...ExpressionAttributeValues }
  const used = new Set<string>()
  const resolve = <T>(placeholder: string, from: Record<string, T> | undefined): T => {
    used.add(placeholder)
    const found = from?.[placeholder]
    if (found === undefined) throw invalid(`${placeholder} is not defined`)
    return found
  }

  const read = (expression: string): Reader => {
    const tokens = expression.match(TOKEN) ?? []
    const next = () => tokens.shift() ?? ''
    const take = (...wanted: string[]) => (wanted.includes(tokens[0] ?? '') ? next() : undefined)
    const expect = (token: string) => {
      if (!take(token)) throw invalid(`"${token}" is missing before "${tokens.join(' ')}"`)
    }
    const name = () => {
      const token = next()
      if (token.startsWith('#')) return resolve(token, ExpressionAttributeNames)
      if (!/^[a-z]\w*$/i.test(token) || KEYWORDS.includes(token)) throw invalid(`"${token}" is no attribute`)
      return token
    }
    const operand = (item: Item): Value => {
      if (take('if_not_exists')) {
        expect('(')
        const current = item[name()]
        expect(',')
        const otherwise = operand(item)
        expect(')')
        return current ?? otherwise
      }
      if (tokens[0]?.startsWith(':')) return resolve(next(), ExpressionAttributeValues)
      return item[name()]
    }
    return { take, expect, name, operand, isDone: () => tokens.length === 0 }
  }

  const finish = () => {
    const unused = Object.keys(defined).filter((placeholder) => !used.has(placeholder))
    if (unused.length > 0) throw invalid(`${unused.join()} is not used`)
  }
  return { read, finish }
}

/** Evaluates a condition for an item; a missing item has no attributes. */
export function holds(reader: Reader, item: Item): boolean {
  const result = either(reader, item)
  if (!reader.isDone()) throw invalid('The condition goes on after its end')
  return result
}

/** The item after an update. All operands are what they were before it. */
export function updated(reader: Reader, item: Item): Item {
  const result = { ...item }
  while (!reader.isDone()) {
    const clause = reader.take('SET', 'REMOVE')
    if (!clause) throw invalid('Neither SET nor REMOVE')
    do {
      const name = reader.name()
      if (clause === 'REMOVE') {
        delete result[name]
        continue
      }
      reader.expect('=')
      const value = reader.operand(item)
      if (!value) throw invalid(`${name} is set to an attribute that is not there`)
      result[name] = value
    } while (reader.take(','))
  }
  return result
}

/** All sides are read, whatever they are: a placeholder counts as used wherever it stands. */
function either(reader: Reader, item: Item): boolean {
  let result = both(reader, item)
  while (reader.take('OR')) result = both(reader, item) || result
  return result
}

function both(reader: Reader, item: Item): boolean {
  let result = one(reader, item)
  while (reader.take('AND')) result = one(reader, item) && result
  return result
}

function one(reader: Reader, item: Item): boolean {
  if (reader.take('NOT')) return !one(reader, item)
  if (reader.take('(')) {
    const result = either(reader, item)
    reader.expect(')')
    return result
  }
  const presence = reader.take('attribute_exists', 'attribute_not_exists')
  if (presence) {
    reader.expect('(')
    const isThere = item[reader.name()] !== undefined
    reader.expect(')')
    return isThere === (presence === 'attribute_exists')
  }
  const left = reader.operand(item)
  const comparator = reader.take('=', '<', '<=', '>', '>=')
  if (!comparator) throw invalid('A comparator is missing')
  return compare(comparator, left, reader.operand(item))
}

/** Values of two types are never equal, smaller or greater; nor is what isn't there. */
function compare(comparator: string, left: Value, right: Value): boolean {
  const order =
    left?.N !== undefined && right?.N !== undefined
      ? Number(left.N) - Number(right.N)
      : left?.S !== undefined && right?.S !== undefined
        ? Buffer.compare(Buffer.from(left.S), Buffer.from(right.S))
        : Number.NaN
  if (comparator === '=') return order === 0
  if (comparator === '<') return order < 0
  if (comparator === '<=') return order <= 0
  return comparator === '>' ? order > 0 : order >= 0
}

export function invalid(message: string): Error {
  return refusal('ValidationException', { message })
}
