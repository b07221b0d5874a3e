import { bundleFunctions } from '../../lib/shared/function-bundles.ts'

/** Builds the functions' bundles, which templates refer to. */
export default bundleFunctions
