import chromium from '@sparticuz/chromium'

// Runs in a process of its own: the package unpacks into the TMPDIR that is set when Node starts, and keeps its own
// libraries only if it believes that it runs in Lambda. The caller sets both.
await chromium.executablePath()
