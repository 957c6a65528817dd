#include "cli/cli.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "cli/help.h"
#include "stop/stop.h"

static const struct cli_tool *tool;
static int verbosity;
static bool quiet, progress_shown;

/* ---- messages ---- */

static void clear_progress(void)
{
	if (progress_shown)
		fputs("\r\033[K", stderr);
	progress_shown = false;
}

/* What would move the cursor becomes '?': controls, and those that UTF-8 writes as
 * 0xc2 0x80 to 0xc2 0x9f. */
static void scrub(char *text)
{
	unsigned char *to = (unsigned char *)text;

	for (const unsigned char *from = to; *from; from++) {
		bool second = from[0] == 0xc2 && from[1] >= 0x80 && from[1] < 0xa0;

		*to++ = second || *from < 0x20 || *from == 0x7f ? '?' : *from;
		from += second;
	}
	*to = '\0';
}

/* One line in one write. */
static void say(const char *kind, const char *fmt, va_list ap)
{
	char line[ERR_TEXT_MAX + 128], text[ERR_TEXT_MAX];
	int n;

	vsnprintf(text, sizeof(text), fmt, ap);
	scrub(text);
	clear_progress();
	n = snprintf(line, sizeof(line), "%s: %s%s\n", tool ? tool->name : "drtune", kind,
		     text);
	fwrite(line, 1, (size_t)n, stderr);
	fflush(stderr);
}

void cli_error(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say("", fmt, ap);
	va_end(ap);
}

void cli_warn(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	if (!quiet)
		say("warning: ", fmt, ap);
	va_end(ap);
}

void cli_note(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	if (!quiet)
		say("note: ", fmt, ap);
	va_end(ap);
}

void cli_verbose(int level, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	if (verbosity >= level)
		say("", fmt, ap);
	va_end(ap);
}

void cli_trace(const char *line, void *unused)
{
	(void)unused;
	cli_verbose(1, "%s", line);
}

void cli_progress(const char *fmt, ...)
{
	char text[160];
	va_list ap;

	if (quiet || !isatty(STDERR_FILENO))
		return;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	scrub(text);
	clear_progress();
	if (*text)
		fprintf(stderr, "%s: %s", tool ? tool->name : "drtune", text);
	progress_shown = *text != '\0';
	fflush(stderr);
}

void cli_expect_stdin(const char *what)
{
	if (isatty(STDIN_FILENO))
		cli_note("reading %s from the terminal; end with Ctrl-D", what);
}

int cli_verbosity(void)
{
	return verbosity;
}

bool cli_quiet(void)
{
	return quiet;
}

_Noreturn void cli_die(const struct err *e)
{
	if (e->kind == ERR_STOPPED)
		stop_die();
	cli_error("%s", e->text);
	exit(err_status(e->kind));
}

_Noreturn void cli_usage(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say("", fmt, ap);
	va_end(ap);
	cli_error("try '%s --help'", tool->name);
	exit(err_status(ERR_USAGE));
}

/* ---- values ---- */

static void refuse_value(const struct cli_option *o, const char *s, const char *want)
{
	cli_usage("--%s: '%s' is not %s", o->name, s, want);
}

static void check_bounds(const struct cli_option *o, double v, const char *s)
{
	if (o->max > o->min && (v < o->min || v > o->max))
		cli_usage("--%s: '%s' is not between %.15g and %.15g", o->name, s, o->min,
			  o->max);
}

static double real_of(const struct cli_option *o, const char *s, const char *want, char **end)
{
	double v;

	errno = 0;
	v = strtod(s, end);
	if (*end == s || errno || !isfinite(v))
		refuse_value(o, s, want);
	return v;
}

static void set_int(const struct cli_option *o, const char *s)
{
	char *end;
	long v;

	errno = 0;
	v = strtol(s, &end, 10);
	if (end == s || *end || errno)
		refuse_value(o, s, "a whole number");
	check_bounds(o, (double)v, s);
	*(long *)o->value = v;
}

static void set_real(const struct cli_option *o, const char *s)
{
	char *end;
	double v = real_of(o, s, "a number", &end);

	if (*end)
		refuse_value(o, s, "a number");
	check_bounds(o, v, s);
	*(double *)o->value = v;
}

static void set_seconds(const struct cli_option *o, const char *s)
{
	static const char want[] = "a duration such as 90, 90s, 15m, 2h or 1d";
	static const struct {
		char unit[2];
		double s;
	} units[] = {{"", 1}, {"s", 1}, {"m", 60}, {"h", 3600}, {"d", 86400}};
	char *end;
	double v = real_of(o, s, want, &end);

	for (size_t i = 0; v >= 0 && i < sizeof(units) / sizeof(*units); i++) {
		if (strcmp(end, units[i].unit) == 0) {
			*(double *)o->value = v * units[i].s;
			return;
		}
	}
	refuse_value(o, s, want);
}

static void add_item(struct cli_list *l, const char *s)
{
	const char **p = realloc(l->item, (l->n + 1) * sizeof(*p));
	struct err e = {0};

	if (!p) {
		err_nomem(&e);
		cli_die(&e);
	}
	l->item = p;
	l->item[l->n++] = s;
}

void cli_list_release(struct cli_list *l)
{
	free(l->item);
	*l = (struct cli_list){0};
}

static void set_value(const struct cli_option *o, const char *s)
{
	switch (o->type) {
	case CLI_FLAG:
		*(bool *)o->value = true;
		break;
	case CLI_STRING:
		*(const char **)o->value = s;
		break;
	case CLI_LIST:
		add_item(o->value, s);
		break;
	case CLI_INT:
		set_int(o, s);
		break;
	case CLI_REAL:
		set_real(o, s);
		break;
	case CLI_SECONDS:
		set_seconds(o, s);
		break;
	case CLI_LAST:
		break;
	}
}

/* ---- parsing ---- */

static bool want_help, want_version, want_list;

static const struct cli_option common[] = {
	{"quiet", 'q', CLI_FLAG, &quiet, NULL, "print errors only", 0, 0},
	{"verbose", 'v', CLI_FLAG, NULL, NULL, "say what is done; twice says more", 0, 0},
	{"help", 'h', CLI_FLAG, &want_help, NULL, "print this help", 0, 0},
	{"version", 'V', CLI_FLAG, &want_version, NULL, "print the version", 0, 0},
	{"list-options", 0, CLI_FLAG, &want_list, NULL, "print the options' names", 0, 0},
	{.type = CLI_LAST},
};

#define N_COMMON (sizeof(common) / sizeof(*common) - 1)

/* What getopt_long wants, made of both tables; val is the place in `of`, behind the
 * characters. */
struct parser {
	const struct cli_option **of;
	struct option *longs;
	char *shorts;
	size_t n;
};

static void parser_add(struct parser *p, const struct cli_option *o)
{
	bool has_arg = o->type != CLI_FLAG;
	char letter[3] = {o->letter, has_arg ? ':' : '\0', '\0'};

	p->longs[p->n] = (struct option){o->name, has_arg ? required_argument : no_argument,
					 NULL, 256 + (int)p->n};
	p->of[p->n++] = o;
	if (o->letter)
		memcpy(p->shorts + strlen(p->shorts), letter, sizeof(letter));
}

static void parser_init(struct parser *p)
{
	size_t n = N_COMMON;
	struct err e = {0};

	for (const struct cli_option *o = tool->options; o->type != CLI_LAST; o++)
		n++;
	p->n = 0;
	p->of = calloc(n, sizeof(*p->of));
	p->longs = calloc(n + 1, sizeof(*p->longs));
	p->shorts = calloc(2 * n + 2, 1);
	if (!p->of || !p->longs || !p->shorts) {
		err_nomem(&e);
		cli_die(&e);
	}
	p->shorts[0] = ':'; /* getopt then leaves the messages to us */
	for (const struct cli_option *o = tool->options; o->type != CLI_LAST; o++)
		parser_add(p, o);
	for (size_t i = 0; i < N_COMMON; i++)
		parser_add(p, &common[i]);
}

static const struct cli_option *find_option(const struct parser *p, int c)
{
	if (c >= 256)
		return p->of[c - 256];
	for (size_t i = 0; i < p->n; i++)
		if (p->of[i]->letter == c)
			return p->of[i];
	return NULL;
}

static void take(const struct parser *p, int c, char **argv)
{
	const struct cli_option *o = find_option(p, c);

	if (c == ':')
		cli_usage("option '%s' needs an argument", argv[optind - 1]);
	if (!o && optopt >= 256)
		cli_usage("option '--%s' takes no argument", p->of[optopt - 256]->name);
	if (!o && optopt)
		cli_usage("unknown option '-%c'", optopt);
	if (!o)
		cli_usage("unknown option '%s'", argv[optind - 1]);
	if (o == &common[1])
		verbosity++;
	else
		set_value(o, optarg);
}

/* A closed standard descriptor would become that of the next file or connection, and
 * records would go there.  Held like this, using it still fails. */
static void hold_closed(void)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) < 0 &&
		    open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY) < 0)
			exit(err_status(ERR_SYSTEM));
}

/* The limit is for children and for kernels that write a core into a file whatever; a
 * program that takes cores from the kernel is kept off by prctl(2) alone, which also
 * keeps other processes of the user from reading this one (proc(5)). */
static void keep_secret(void)
{
	setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
	prctl(PR_SET_DUMPABLE, 0);
}

int cli_parse(const struct cli_tool *t, int argc, char **argv)
{
	struct parser p;
	int c;

	tool = t;
	keep_secret();
	hold_closed();
	parser_init(&p);
	while ((c = getopt_long(argc, argv, p.shorts, p.longs, NULL)) != -1)
		take(&p, c, argv);
	free(p.of);
	free(p.longs);
	free(p.shorts);
	if (!want_help && !want_version && !want_list)
		return optind;
	if (want_help)
		help_print(stdout, tool, common);
	else if (want_version)
		help_version(stdout, tool);
	else
		help_list(stdout, tool, common);
	if (fflush(stdout) != 0 || ferror(stdout)) {
		struct err e = {0};

		err_errno(&e, "write");
		cli_die(&e);
	}
	exit(0);
}
