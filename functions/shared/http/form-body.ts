import { checkSize, type HttpRequest, jsonBody, MAX_BODY_BYTES, mediaTypeOf } from './request.ts'
import { singleValues } from './single-values.ts'

/** The media type of forms without files, which browsers send in UTF-8 (WHATWG HTML, "url-encoded form data"). */
const FORM = 'application/x-www-form-urlencoded'

/**
 * Parses a body that is a page's form or a program's JSON, according to its media type. A form's fields are strings.
 *
 * @throws HttpProblem as `jsonBody`, and 422 `invalid-input` with each field that is given twice.
 */
export function formOrJsonBody(request: HttpRequest, maxBytes: number = MAX_BODY_BYTES): unknown {
  if (mediaTypeOf(request) !== FORM) return jsonBody(request, maxBytes)
  checkSize(request, maxBytes)
  return singleValues(request.body.toString('utf8'))
}
