/* dr/config: where endpoint and token come from. */
#include "dr/config.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tap.h"

#define TOKEN "secret-token-1"

static char folder[] = "/tmp/drtune-unit-XXXXXX";
static char path[64];

static void write_file(const char *text, mode_t mode)
{
	FILE *f = fopen(path, "w");

	fputs(text, f);
	fclose(f);
	chmod(path, mode);
}

static void reads(const char *text, const char *endpoint, const char *what)
{
	struct config c;
	struct err e = {0};

	write_file(text, 0600);
	if (!ok(config_read(&c, path, &e) && strcmp(c.endpoint, endpoint) == 0 &&
			strcmp(c.token, TOKEN) == 0,
		"%s", what))
		printf("# %s\n", e.text);
	config_release(&c);
}

static void refuses(const char *text, mode_t mode, const char *why, const char *what)
{
	struct config c;
	struct err e = {0};

	write_file(text, mode);
	ok(!config_read(&c, path, &e) && e.kind == ERR_INPUT && strstr(e.text, path) &&
		   strstr(e.text, why) && !strstr(e.text, TOKEN),
	   "refused, with the file's name and without the token: %s", what);
	config_release(&c);
}

static void files(void)
{
	struct config c;
	struct err e = {0};

	reads("endpoint: http://127.0.0.1:1/api/v2\ntoken: " TOKEN "\n",
	      "http://127.0.0.1:1/api/v2", "a plain file");
	reads("---\n# mine\n\"token\": '" TOKEN
	      "'\nother: [1, {a: b}]\nendpoint: >-\n  https://x/y\n",
	      "https://x/y", "YAML's other ways to write it, and unknown keys");
	reads("{\"endpoint\": \"https://x\", \"token\": \"" TOKEN "\"}", "https://x",
	      "JSON is YAML");
	write_file("endpoint: https://x\ntoken: " TOKEN "\ntoken_type: bearer\n"
		   "connect_timeout: 7\nmax_retries: 0\nssl_verify: /etc/ca.pem\n",
		   0600);
	ok(config_read(&c, path, &e) && strcmp(c.token_type, "Bearer") == 0 &&
		   c.connect_s == 7 && c.max_retries == 0 &&
		   strcmp(c.ca_file, "/etc/ca.pem") == 0 && !c.insecure,
	   "all keys");
	config_release(&c);
	write_file("endpoint: https://x\ntoken: " TOKEN "\nssl_verify: False\n", 0400);
	ok(config_read(&c, path, &e) && c.insecure && !c.ca_file && c.max_retries < 0,
	   "ssl_verify as a boolean");
	config_release(&c);
}

static void bad_files(void)
{
	refuses("token: " TOKEN "\n", 0600, "'endpoint' is missing", "no endpoint");
	refuses("endpoint: https://x\ntoken:\n", 0600, "'token' is missing", "an empty token");
	refuses("endpoint: https://x\ntoken: ~\n", 0600, "'token' is missing", "a null token");
	refuses("token: " TOKEN "\n\tendpoint: [\n", 0600, ":2: not YAML", "no YAML");
	refuses("- " TOKEN "\n", 0600, "not a mapping", "a list");
	refuses("", 0600, "not a mapping", "an empty file");
	refuses("endpoint: a\ntoken: " TOKEN "\nmax_retries: many\n", 0600, ":3: max_retries",
		"a number that is none");
	refuses("endpoint: a\ntoken: " TOKEN "\ntoken_type: Basic\n", 0600, ":3: token_type",
		"an unknown type");
	refuses("endpoint: a\ntoken: " TOKEN "\n", 0644, "chmod 600", "others can read it");
	refuses("endpoint: a\ntoken: " TOKEN "\n", 0620, "chmod 600", "others can write it");
}

static void environment(void)
{
	struct config c;
	struct err e = {0};

	setenv("HOME", folder, 1);
	unsetenv("DATAROBOT_CONFIG_FILE");
	unsetenv("DATAROBOT_ENDPOINT");
	unsetenv("DATAROBOT_API_ENDPOINT");
	unsetenv("DATAROBOT_MAX_RETRIES");
	setenv("DATAROBOT_API_TOKEN", TOKEN, 1);
	ok(!config_find(&c, &e) && e.kind == ERR_REFUSED &&
		   strstr(e.text, "DATAROBOT_ENDPOINT") &&
		   strstr(e.text, "DATAROBOT_CONFIG_FILE") && strstr(e.text, "drconfig.yaml") &&
		   strstr(e.text, "only the token is set") && !strstr(e.text, TOKEN),
	   "nothing found: the three places are named, and what is half there");
	setenv("DATAROBOT_API_ENDPOINT", "https://old", 1);
	ok(config_find(&c, &e) && strcmp(c.endpoint, "https://old") == 0,
	   "the R client's name of the endpoint is a fallback");
	config_release(&c);
	setenv("DATAROBOT_ENDPOINT", "https://new", 1);
	setenv("DATAROBOT_MAX_RETRIES", "3", 1);
	ok(config_find(&c, &e) && strcmp(c.endpoint, "https://new") == 0 &&
		   c.max_retries == 3 && strcmp(c.token, TOKEN) == 0,
	   "the environment is used");
	config_release(&c);
	write_file("endpoint: https://file\ntoken: other\n", 0600);
	setenv("DATAROBOT_CONFIG_FILE", path, 1);
	ok(config_find(&c, &e) && strcmp(c.endpoint, "https://file") == 0 &&
		   strcmp(c.token, "other") == 0 && c.max_retries < 0,
	   "a file that is named goes before it, and nothing is mixed");
	config_release(&c);
	setenv("DATAROBOT_CONFIG_FILE", "/nowhere/x.yaml", 1);
	ok(!config_find(&c, &e) && e.kind == ERR_INPUT &&
		   strncmp(e.text, "DATAROBOT_CONFIG_FILE: /nowhere/x.yaml: No such", 47) == 0,
	   "a file that is named and missing is an error, whatever else there is");
}

static void home(void)
{
	char command[256];
	struct config c;
	struct err e = {0};

	unsetenv("DATAROBOT_CONFIG_FILE");
	unsetenv("DATAROBOT_API_TOKEN");
	snprintf(command, sizeof(command), "%s/.config", folder);
	mkdir(command, 0700);
	snprintf(command, sizeof(command), "%s/.config/datarobot", folder);
	mkdir(command, 0700);
	snprintf(command, sizeof(command), "%s/.config/datarobot/drconfig.yaml", folder);
	ok(rename(path, command) == 0 && config_find(&c, &e) &&
		   strcmp(c.endpoint, "https://file") == 0 && strcmp(c.source, command) == 0,
	   "the file in the home folder is used where the environment has only half");
	config_release(&c);
	unlink(command);
	for (const char *const *d =
		     (const char *const[]){"/.config/datarobot", "/.config", "", NULL};
	     *d; d++) {
		snprintf(command, sizeof(command), "%s%s", folder, *d);
		rmdir(command);
	}
}

int main(void)
{
	if (!mkdtemp(folder))
		return 1;
	snprintf(path, sizeof(path), "%s/c.yaml", folder);
	files();
	bad_files();
	environment();
	home();
	return tap_end();
}
