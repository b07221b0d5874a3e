import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'

/** The part of MiniStack's saved Lambda state that holds the positions of its event source mappings. */
interface LambdaState {
  payload?: { dynamodb_stream_positions?: unknown }
}

/**
 * Removes the saved positions of mappings on DynamoDB streams. MiniStack saves them, but not the streams' records: after a
 * restart a mapping would wait until its stream has grown past the old position, and drop all changes until then.
 * Without a position it begins with the first change after the restart.
 *
 * @param file `lambda.json` in the engine's folder of saved state; a missing one is left missing.
 */
export function forgetStreamPositions(file: string): void {
  if (!existsSync(file)) return
  const state: LambdaState = JSON.parse(readFileSync(file, 'utf8'))
  if (state.payload?.dynamodb_stream_positions === undefined) return
  delete state.payload.dynamodb_stream_positions
  const temporary = `${file}.${process.pid}`
  writeFileSync(temporary, JSON.stringify(state))
  renameSync(temporary, file)
}
