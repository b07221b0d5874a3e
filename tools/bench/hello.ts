/** What a function costs that does nothing: the unit of every ratio. */
export const handler = async () => ({ statusCode: 200, body: 'hello' })
