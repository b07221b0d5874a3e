type Attribute = Readonly<Record<string, unknown>>
type Item = Readonly<Record<string, Attribute>>

/** One call of DynamoDB: its request and its answer. */
export interface Call {
  readonly operation: string
  readonly input: Readonly<Record<string, unknown>>
  /** The answer to a call with `ReturnConsumedCapacity`, or its error. */
  readonly output: Readonly<Record<string, unknown>>
}

export interface Units {
  readonly read: number
  readonly write: number
}

/**
 * Computes the request units of a call by DynamoDB's rules
 * (https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html): a read takes half a
 * unit for each 4 KB or part of them, a whole one if it is consistent; a query adds up its items before rounding, a
 * batch doesn't. A write takes a unit for each KB or part of it, two in a transaction, and one more for each index that
 * it changes: the engine reports which ones. A write whose condition fails is charged by the size of the existing item.
 */
export function unitsOf(call: Call): Units {
  const { operation, output } = call
  const read = READS[operation]
  if (read) return { read: read(call), write: 0 }
  const refused = REFUSED[operation]
  if (refused === undefined) throw new Error(`The units of ${operation} are unknown.`)
  const consumed = [output.ConsumedCapacity ?? []].flat() as { CapacityUnits: number }[]
  if (consumed.length > 0) return { read: 0, write: sum(consumed.map(({ CapacityUnits }) => CapacityUnits)) }
  return { read: 0, write: refused(call) }
}

/** Read units of a call, computed here because the engine counts too few for a query. */
const READS: Record<string, (call: Call) => number> = {
  GetItem: ({ input, output }) => rateOf(input) * blocks(itemBytes(output.Item as Item | undefined), 4096),
  Query({ input, output: { Items = [] } }) {
    if (input.FilterExpression !== undefined)
      throw new Error('A filter hides the items that were read: the units are unknown.')
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

/** Write units of a call that wrote nothing, which the engine doesn't report. */
const REFUSED: Record<string, (call: Call) => number> = {
  PutItem: refusedWrite,
  UpdateItem: refusedWrite,
  DeleteItem: refusedWrite,
  /**
   * Charges a cancelled transaction as if it had been written: DynamoDB prepares all items before it commits any. The
   * size of an update is not known any better.
   */
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

/** Rounds up to at least one: nothing costs as much as a small item. */
function blocks(bytes: number, size: number): number {
  return Math.max(1, Math.ceil(bytes / size))
}

/** Sizes of names and values in UTF-8; numbers about as DynamoDB packs them, two digits to a byte. */
export function itemBytes(item: Item | undefined): number {
  return Object.entries(item ?? {}).reduce((sum, [name, value]) => sum + Buffer.byteLength(name) + valueBytes(value), 0)
}

function valueBytes(attribute: Attribute): number {
  const [[type, value] = []] = Object.entries(attribute)
  if (type === 'S') return Buffer.byteLength(String(value))
  if (type === 'N') return Math.ceil(String(value).length / 2) + 1
  // Base64 on the wire, bytes in the SDK.
  if (type === 'B') return typeof value === 'string' ? Buffer.byteLength(value, 'base64') : (value as Uint8Array).length
  if (type === 'NULL' || type === 'BOOL') return 1
  if (type === 'L') return (value as Attribute[]).reduce((sum, each) => sum + 1 + valueBytes(each), 3)
  if (type === 'M') return itemBytes(value as Item) + Object.keys(value as Item).length + 3
  throw new Error(`The size of an attribute of type ${type} is unknown.`)
}
