/*
 * config: a drconfig.yaml of any bytes.  What is wrong with it is told without any of its
 * words: they could be the token.
 *
 * Aims at lib/dr/config.c.
 */
#include "fuzz.h"

#include "dr/config.h"

#define MARK "s3cr3t-mark"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *path = fuzz_file("drconfig.yaml", data, size);
	struct config c;
	struct err e = {0};

	if (config_read(&c, path, &e)) {
		must(*c.endpoint && *c.token && strcmp(c.source, path) == 0);
		must(!c.token_type || strcmp(c.token_type, "Token") == 0 ||
		     strcmp(c.token_type, "Bearer") == 0);
		must(!(c.insecure && c.ca_file));
		config_release(&c);
	} else {
		fuzz_failed(&e);
		must(e.kind == ERR_INPUT && strncmp(e.text, path, strlen(path)) == 0);
		must(!strstr(e.text, MARK));
	}
	must(!c.token && !c.endpoint);
	return 0;
}
