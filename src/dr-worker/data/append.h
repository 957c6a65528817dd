/*
 * append: new rows behind those of a prepared table, as its columns see them.
 *
 * What the tasks do with them is fitted on training rows alone (pipeline.h), so that rows
 * behind the table change nothing for those in it.  A value that a category has not had
 * before is a new level without training rows; a number or a date is read as the column's
 * others were.  The target of the new rows is not looked at, their y is 0.
 */
#ifndef APPEND_H
#define APPEND_H

#include "data/prepared.h"

/*
 * Behind p->frame the rows of `new`, whose columns are found by name; what else it has is
 * passed over.  Columns that are not in `use` (of each column of p) are missing there.
 * p->partition and p->row_id stay those of the table.  ERR_REFUSED: a column of `use` that is
 * not there, a value of a number or date that cannot be read as one, too many cells.
 */
bool append_rows(struct prepared *p, const struct frame *new, const bool *use, struct err *e);

#endif
