/* cli: what a message and the progress line show of foreign text. */
#include "cli/cli.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "tap.h"

static const struct cli_option options[] = {{.type = CLI_LAST}};
static const struct cli_tool tool = {.name = "tool", .options = options};

/* Make a new terminal the standard error; its other side is returned. */
static int new_terminal(void)
{
	int master = posix_openpt(O_RDWR | O_NOCTTY), slave = -1;

	if (master >= 0 && grantpt(master) == 0 && unlockpt(master) == 0)
		slave = open(ptsname(master), O_RDWR | O_NOCTTY);
	if (slave >= 0) {
		dup2(slave, STDERR_FILENO);
		close(slave);
	}
	return slave < 0 ? -1 : master;
}

static const char *shown(int terminal)
{
	static char buf[4096];
	ssize_t n = read(terminal, buf, sizeof(buf) - 1);

	buf[n > 0 ? n : 0] = '\0';
	return buf;
}

int main(void)
{
	char name[] = "tool", *argv[] = {name, NULL};
	int terminal = new_terminal();

	ok(cli_parse(&tool, 1, argv) == 1, "a table without options is parsed");
	ok(terminal >= 0, "there is a terminal");
	cli_progress("%s", "a\x1b[2J\xc2\x9b"
			   "31m\xc3\xa9\xe2\x82\xac\n\x7f");
	is_str(shown(terminal), "tool: a?[2J?31m\xc3\xa9\xe2\x82\xac??",
	       "what moves the cursor is not shown in the progress line");
	cli_error("%s", "b\x1b]0;x\a\xc2\x85\xc2");
	is_str(shown(terminal), "\r\x1b[Ktool: b?]0;x??\xc2\r\n",
	       "nor in a message, which takes the progress line away");
	return tap_end();
}
