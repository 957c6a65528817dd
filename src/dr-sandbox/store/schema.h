/*
 * schema: the tables, as SQL (schema.c says what each column holds).
 *
 * A database of version n becomes one of version n + 1 by schema_steps[n]; what has been
 * released is never changed, only followed by another step.
 */
#ifndef SCHEMA_H
#define SCHEMA_H

extern const char *const schema_steps[]; /* ends with NULL */

#endif
