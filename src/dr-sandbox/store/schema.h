/* schema: the tables, as SQL (schema.c says what each column holds). */
#ifndef SCHEMA_H
#define SCHEMA_H

#define SCHEMA_VERSION 1

extern const char schema_sql[];

#endif
