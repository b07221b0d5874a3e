import { CsvError, parse } from 'csv-parse/sync'
import { excerpt } from '../../shared/well-formed.ts'
import { type JobError, jobError } from '../domain/job.ts'

/** A row of a file. `line` is the line of the file on which it begins; the header is line 1. */
export type Row =
  /** The body of the request that creates the link. */
  { line: number; body: Record<string, unknown> } | { line: number; error: string }

export const MAX_BYTES = 5 * 1024 * 1024
export const MAX_ROWS = 50_000

/** The columns of a file, with the fields of a link that they hold. */
export const COLUMNS = { url: 'url', alias: 'alias', title: 'title', tags: 'tags', expires_at: 'expiresAt' } as const

type Column = keyof typeof COLUMNS

interface CsvRecord {
  record: string[]
  info: { lines: number }
}

/**
 * Parses a CSV file (RFC 4180) in UTF-8, with or without a byte order mark and with any line breaks. Columns may be
 * missing, except for `url`, and in any order. A row with too many values is an error of that row; a file whose
 * structure is broken is refused as a whole, because rows could not be told apart.
 */
export function parseRows(bytes: Uint8Array): { rows: Row[] } | { error: JobError } {
  const text = decode(bytes)
  if (text === undefined) return { error: jobError('invalid-csv', 'The file is not text in UTF-8.') }
  const parsed = parseRecords(text)
  if ('error' in parsed) return parsed
  const [header, ...records] = parsed.records
  const columns = header?.record.map((name) => name.trim().toLowerCase()) ?? []
  const problem = problemWith(columns)
  if (problem !== undefined) return { error: jobError('invalid-csv', problem) }
  if (records.length > MAX_ROWS) return { error: jobError('too-large') }
  return { rows: records.map((each) => toRow(each, columns as Column[])) }
}

function decode(bytes: Uint8Array): string | undefined {
  try {
    // The decoder removes a byte order mark.
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return undefined
  }
}

function parseRecords(text: string): { records: CsvRecord[] } | { error: JobError } {
  try {
    // The parser counts a line break of two characters inside quotes as two lines, hence the same one everywhere.
    const records: unknown = parse(text.replaceAll(/\r\n?/g, '\n'), {
      info: true,
      record_delimiter: '\n',
      relax_column_count: true,
      // A quote inside of an unquoted value, such as that of 5" for inches, stands for itself.
      relax_quotes: true,
      skip_empty_lines: true,
    })
    return { records: records as CsvRecord[] }
  } catch (error) {
    if (error instanceof CsvError) return { error: jobError('invalid-csv', reasonOf(error)) }
    throw error
  }
}

/** The parser's own messages quote the file. */
function reasonOf({ code, lines }: CsvError): string {
  return code === 'CSV_QUOTE_NOT_CLOSED'
    ? 'A quote is opened and never closed.'
    : `The file is not CSV: see line ${String(lines)}.`
}

function problemWith(columns: readonly string[]): string | undefined {
  const known = Object.keys(COLUMNS).join(', ')
  const unknown = columns.find((name) => !Object.hasOwn(COLUMNS, name))
  if (unknown !== undefined && columns.includes('url'))
    return `The header has the unknown column "${excerpt(unknown, 50)}"; there are ${known}.`
  if (!columns.includes('url')) return `The first line must be a header with the column url; there are ${known}.`
  return new Set(columns).size < columns.length ? 'The header has a column twice.' : undefined
}

function toRow({ record, info }: CsvRecord, columns: readonly Column[]): Row {
  const breaks = record.reduce((count, value) => count + value.split('\n').length - 1, 0)
  const line = info.lines - breaks
  if (record.length > columns.length)
    return { line, error: `The row has ${record.length} values, and the header ${columns.length} columns.` }
  const entries = columns.flatMap((column, index) => {
    const value = toField(column, record[index] ?? '')
    return value === undefined ? [] : [[COLUMNS[column], value]]
  })
  return { line, body: Object.fromEntries(entries) }
}

/** Converts a value to that of the field; an empty one is absent. */
function toField(column: Column, value: string): string | string[] | undefined {
  if (column === 'title') return value === '' ? undefined : value
  const trimmed = value.trim()
  if (trimmed === '') return undefined
  return column === 'tags' ? trimmed.split('|') : trimmed
}
