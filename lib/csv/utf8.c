#include "csv/utf8.h"

uint32_t utf8_get(const char *s, size_t *n)
{
	const unsigned char *p = (const unsigned char *)s;
	uint32_t ch;

	if (*p < 0x80) {
		*n = 1;
		return *p;
	}
	*n = *p < 0xe0 ? 2 : *p < 0xf0 ? 3 : 4;
	ch = *p & (0x7fu >> *n);
	for (size_t i = 1; i < *n; i++)
		ch = ch << 6 | (p[i] & 0x3fu);
	return ch;
}

size_t utf8_put(char *out, uint32_t ch)
{
	size_t n = ch < 0x80 ? 1 : ch < 0x800 ? 2 : ch < 0x10000 ? 3 : 4;
	static const unsigned char first[] = {0, 0x00, 0xc0, 0xe0, 0xf0};

	for (size_t i = n; i-- > 1; ch >>= 6)
		out[i] = (char)(0x80 | (ch & 0x3f));
	out[0] = (char)(first[n] | ch);
	return n;
}
