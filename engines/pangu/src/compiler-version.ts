/**
 * Names the compiler: what compiled rules are kept under, so that a changed compiler compiles again. It is a digest of
 * the sources that decide what comes out; the test beside it says the new one when they changed.
 */
export const COMPILER_VERSION = "e21ba4b300b4ead1";
