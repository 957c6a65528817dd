#include "csv/grow.h"

#include <stdint.h>
#include <stdlib.h>

#define FIRST 64

void *grow(void *array, size_t *cap, size_t want, size_t size)
{
	size_t more = *cap ? *cap : FIRST;

	if (want <= *cap)
		return array;
	while (more < want)
		more *= 2;
	if (more > SIZE_MAX / size || !(array = realloc(array, more * size)))
		return NULL;
	*cap = more;
	return array;
}
