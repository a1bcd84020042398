/**
 * The largest text of one object, in bytes. etcd refuses requests above 1.5 MiB, so an object from a cluster is
 * smaller than that as compact JSON; four times for indentation and escapes, ten times for a raised limit.
 */
export const MAX_OBJECT_BYTES = 64 * 1024 * 1024;

/**
 * The largest text the YAML library is given, in bytes. It needs about 110 bytes of memory per byte of text, so this
 * stays under 1 GB, and is still five times what etcd takes. JSON inside YAML does not go through the library.
 */
export const MAX_YAML_BYTES = 8 * 1024 * 1024;

/** The deepest nesting. Kubernetes objects stay under thirty levels; recursion over this many is safe. */
export const MAX_DEPTH = 256;

/**
 * How much text of items is held back until their list says of what kind they are, in bytes. Only a list of the raw
 * API whose keys were sorted needs it: `items` comes before `kind`, and the items have no kind of their own.
 */
export const MAX_HELD_BYTES = 256 * 1024 * 1024;

/** How much of a broken object is kept to tell its name, in bytes: annotations, at most 256 KiB, come before it. */
export const LABEL_BYTES = 512 * 1024;
