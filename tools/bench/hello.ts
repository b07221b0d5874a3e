/** A function that does nothing: its cost is the unit of every ratio. */
export const handler = async () => ({ statusCode: 200, body: 'hello' })
