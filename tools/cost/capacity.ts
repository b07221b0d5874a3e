type Attribute = Readonly<Record<string, unknown>>
type Item = Readonly<Record<string, Attribute>>

/** One call of DynamoDB, as it was sent and answered. */
export interface Call {
  readonly operation: string
  readonly input: Readonly<Record<string, unknown>>
  /** With `ReturnConsumedCapacity`; of an error too. */
  readonly output: Readonly<Record<string, unknown>>
}

export interface Units {
  readonly read: number
  readonly write: number
}

/**
 * The request units of a call by DynamoDB's rules
 * (https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html): a read is half a unit for
 * each 4 KB begun, a whole one if it is consistent; what a query reads is added up first. A write is a unit for each KB
 * begun, and as much again in each index that it changes: which indexes, the engine says. A write whose condition fails
 * is paid by the item that is there.
 */
export function unitsOf({ operation, input, output }: Call): Units {
  if (operation === 'GetItem' || operation === 'Query') {
    if (input.FilterExpression !== undefined) throw new Error('A filter hides what was read: the units are not known.')
    const items = operation === 'Query' ? (output.Items as Item[] | undefined) : [output.Item as Item | undefined]
    const bytes = (items ?? []).reduce((sum, item) => sum + itemBytes(item), 0)
    return { read: blocks(bytes, 4096) * (input.ConsistentRead === true ? 1 : 0.5), write: 0 }
  }
  const consumed = output.ConsumedCapacity as { CapacityUnits?: number } | undefined
  if (consumed?.CapacityUnits !== undefined) return { read: 0, write: consumed.CapacityUnits }
  if (!/(Put|Update|Delete)Item/.test(operation)) throw new Error(`The units of ${operation} are not known here.`)
  return { read: 0, write: blocks(itemBytes(output.Item as Item | undefined), 1024) }
}

/** At least one: nothing costs as much as a small item. */
function blocks(bytes: number, size: number): number {
  return Math.max(1, Math.ceil(bytes / size))
}

/** Names and values, in UTF-8; numbers about as DynamoDB packs them, two digits to a byte. */
export function itemBytes(item: Item | undefined): number {
  return Object.entries(item ?? {}).reduce((sum, [name, value]) => sum + Buffer.byteLength(name) + valueBytes(value), 0)
}

function valueBytes(attribute: Attribute): number {
  const [[type, value] = []] = Object.entries(attribute)
  if (type === 'S') return Buffer.byteLength(String(value))
  if (type === 'N') return Math.ceil(String(value).length / 2) + 1
  if (type === 'NULL' || type === 'BOOL') return 1
  if (type === 'L') return (value as Attribute[]).reduce((sum, each) => sum + 1 + valueBytes(each), 3)
  if (type === 'M') return itemBytes(value as Item) + Object.keys(value as Item).length + 3
  throw new Error(`The size of an attribute of type ${type} is not known here.`)
}
