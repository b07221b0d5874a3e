import { bundleFunctions } from '../../lib/shared/function-bundles.ts'

/** Templates name the functions' bundles, so these must be there first. */
export default bundleFunctions
