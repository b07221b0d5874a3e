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
 * each 4 KB begun, a whole one if it is consistent; what a query reads is added up first, what a batch reads is not. A
 * write is a unit for each KB begun, two in a transaction, and one more for each index that it changes: which indexes,
 * the engine says. A write whose condition fails is paid by the item that is there.
 */
export function unitsOf(call: Call): Units {
  const { operation, output } = call
  const read = READS[operation]
  if (read) return { read: read(call), write: 0 }
  const refused = REFUSED[operation]
  if (refused === undefined) throw new Error(`The units of ${operation} are not known here.`)
  const consumed = [output.ConsumedCapacity ?? []].flat() as { CapacityUnits: number }[]
  if (consumed.length > 0) return { read: 0, write: sum(consumed.map(({ CapacityUnits }) => CapacityUnits)) }
  return { read: 0, write: refused(call) }
}

/** What is read, in units: the engine counts a query too low. */
const READS: Record<string, (call: Call) => number> = {
  GetItem: ({ input, output }) => rateOf(input) * blocks(itemBytes(output.Item as Item | undefined), 4096),
  Query({ input, output: { Items = [] } }) {
    if (input.FilterExpression !== undefined) throw new Error('A filter hides what was read: the units are not known.')
    return rateOf(input) * blocks(sum((Items as Item[]).map(itemBytes)), 4096)
  },
  BatchGetItem({ input, output }) {
    const found = (output.Responses ?? {}) as Record<string, Item[]>
    const asked = Object.entries(input.RequestItems as Record<string, { Keys: Item[]; ConsistentRead?: boolean }>)
    return sum(
      asked.map(([table, request]) => {
        const items = found[table] ?? []
        const missing = request.Keys.length - items.length
        return rateOf(request) * (sum(items.map((item) => blocks(itemBytes(item), 4096))) + missing)
      }),
    )
  },
}

/** What is not written, in units: of this the engine says nothing. */
const REFUSED: Record<string, (call: Call) => number> = {
  PutItem: refusedWrite,
  UpdateItem: refusedWrite,
  DeleteItem: refusedWrite,
  /** As if it had been written: DynamoDB prepares all of it before it commits any. Of an update no more is known. */
  TransactWriteItems({ input, output: { CancellationReasons = [] } }) {
    const there = (CancellationReasons as { Item?: Item }[]).map(({ Item }) => Item)
    const items = (input.TransactItems as { Put?: { Item: Item } }[]).map(({ Put }, index) => there[index] ?? Put?.Item)
    return 2 * sum(items.map((item) => blocks(itemBytes(item), 1024)))
  },
}

function refusedWrite({ output }: Call): number {
  return blocks(itemBytes(output.Item as Item | undefined), 1024)
}

function rateOf({ ConsistentRead }: { readonly ConsistentRead?: unknown }): number {
  return ConsistentRead === true ? 1 : 0.5
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0)
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
