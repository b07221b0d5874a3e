import chromium from '@sparticuz/chromium'

// A program of its own: the package unpacks into TMPDIR, as it is when Node starts, and keeps its own libraries only
// where it believes to be in Lambda. Both are set by who starts it.
await chromium.executablePath()
