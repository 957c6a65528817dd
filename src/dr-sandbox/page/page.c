#include "page/page.h"

/* The assembler takes the files in; its paths start where make runs.  The Makefile
 * says that this file depends on them. */
#define FILE_AS(symbol, path)                                                                  \
	__asm__(".pushsection .rodata\n"                                                       \
		".global " #symbol "\n"                                                        \
		".type " #symbol ", @object\n" #symbol ":\n"                                   \
		".incbin \"src/dr-sandbox/page/" path "\"\n"                                   \
		".byte 0\n"                                                                    \
		".size " #symbol ", . - " #symbol "\n"                                         \
		".popsection\n")

FILE_AS(page_html, "page.html");
FILE_AS(page_js, "page.js");
