// How the edge is started to stay small, whatever the machine has (docs/adr/0005-memory-of-the-edge.md). scripts/release/jx
// says the same for an unpacked release; scripts/memory.test.ts compares them.
export const nodeFlags = ["--max-semi-space-size=2", "--heap-growing-percent=40"];

/** For glibc, in the environment; what the user has set stays. */
export const mallocSettings = {
  MALLOC_ARENA_MAX: "2",
  MALLOC_TRIM_THRESHOLD_: "131072",
  MALLOC_MMAP_THRESHOLD_: "131072",
};
