#include "tasks/sparse.h"

#include <stdlib.h>

void sparse_release(struct sparse *s)
{
	free(s->start);
	free(s->row);
	free(s->x);
	*s = (struct sparse){0};
}
