/*
 * service: dr-sandbox's HTTP server and routes in this process, over a folder that a real one
 * has left ($DRTUNE_FUZZ_HOME, made by tests/fuzz/home.sh; a copy of it).
 *
 * What a request changes is undone behind it, so that each input meets the same state.
 * Nothing is started: there is no supervisor, and no dot.
 *
 * In an input @p is the id of the project, and so on: see `words`.
 */
#ifndef SERVICE_H
#define SERVICE_H

#include "../fuzz.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <dirent.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include "home/home.h"
#include "jobs/queue.h"
#include "routes/routes.h"
#include "store/store.h"
#include "web/web.h"

static struct home service_home = {.lock = -1};
static struct service service = {.home = &service_home, .queue_limit = 1000};
static struct web *service_web;
static char service_work[256]; /* folder of the project's files */
static char service_kept[256]; /* folder with a second name for each of them */

/* What stands for an id in an input, and where the database has it. */
static struct {
	char letter;
	const char *sql;
	char id[64];
} words[] = {
	{'p', "SELECT id FROM project WHERE stage = 'modeling'", ""},
	{'e', "SELECT id FROM project WHERE stage != 'modeling'", ""},
	{'m', "SELECT model FROM job WHERE kind = 'fit' AND status = 'COMPLETED'", ""},
	{'x', "SELECT id FROM model WHERE parent IS NOT NULL", ""},
	{'b', "SELECT id FROM blueprint WHERE number = 2", ""},
	{'y', "SELECT id FROM blueprint WHERE asked IS NOT NULL", ""},
	{'f', "SELECT id FROM featurelist WHERE name = 'Informative Features'", ""},
	{'u', "SELECT id FROM featurelist WHERE by_user", ""},
	{'j', "SELECT id FROM job WHERE status = 'queue' AND kind = 'fit'", ""},
	{'k', "SELECT id FROM job WHERE status = 'COMPLETED' AND kind = 'fit'", ""},
	{'s', "SELECT id FROM status", ""},
	{'d', "SELECT id FROM dataset", ""},
	{'r', "SELECT id FROM prediction WHERE subset IS NOT NULL", ""},
	{'q', "SELECT id FROM prediction WHERE dataset IS NOT NULL", ""},
	{'l',
	 "SELECT blueprint FROM model WHERE blueprint IN"
	 " (SELECT id FROM blueprint WHERE members IS NOT NULL)",
	 ""},
};
#define WORDS (sizeof(words) / sizeof(*words))

static void read_words(void)
{
	struct err e = {0};

	store_begin(service.store);
	for (size_t i = 0; i < WORDS; i++) {
		sqlite3_stmt *q = store_query(service.store, words[i].sql, "");

		if (store_next(service.store, q)) {
			snprintf(words[i].id, sizeof(words[i].id), "%s", store_text(q, 0));
			sqlite3_reset(q);
		}
	}
	store_end(service.store, false, &e);
	must(e.kind == ERR_NONE && *words[0].id);
}

/* Give all files of a folder the same names in another one. */
static void link_all(const char *from, const char *to)
{
	DIR *a = opendir(from), *b = opendir(to);
	struct dirent *f;

	must(a && b);
	while ((f = readdir(a)))
		if (f->d_name[0] != '.')
			(void)!linkat(dirfd(a), f->d_name, dirfd(b), f->d_name, 0);
	closedir(a);
	closedir(b);
}

/* Files that came, or went, with what has been undone. */
static void tidy(void)
{
	DIR *dir = opendir(service_work);
	struct dirent *f;

	must(dir);
	while ((f = readdir(dir)))
		if (strstr(f->d_name, ".csv") && !queue_has_file(service.store, f->d_name))
			unlinkat(dirfd(dir), f->d_name, 0);
	closedir(dir);
	link_all(service_kept, service_work);
}

static bool is_known(const char *id, void *store)
{
	return queue_has_project(store, id);
}

static void serve(web_handler *handle, struct web_request *r, void *ctx)
{
	struct service *sv = ctx;
	struct err e = {0};
	bool post = strcmp(r->method, "POST") == 0, removes = strcmp(r->method, "DELETE") == 0;

	store_begin(sv->store);
	handle(r, sv);
	must(r->status);
	must(!store_failed(sv->store));
	store_end(sv->store, false, &e);
	must(e.kind == ERR_NONE);
	if (!(post || removes) || r->status >= 400)
		return;
	store_begin(sv->store);
	tidy();
	must(home_sweep(sv->home, is_known, sv->store, &e));
	store_end(sv->store, false, &e);
}

static void service_end(void)
{
	web_stop(service_web);
	layout_stop(service.layout);
	store_close(service.store);
	home_close(&service_home);
}

static void service_start(void)
{
	const char *from = getenv("DRTUNE_FUZZ_HOME");
	char command[4096];
	struct err e = {0};
	struct web_config c = {.routes = routes,
			       .json_max = 1 << 16,
			       .upload_max = 1 << 16,
			       .serve = serve,
			       .ctx = &service};

	if (!from) {
		fputs("DRTUNE_FUZZ_HOME is not set: tests/fuzz/home.sh makes one\n", stderr);
		exit(6);
	}
	signal(SIGPIPE, SIG_IGN);
	setenv("PATH", "/bin:/usr/bin", 1);
	snprintf(command, sizeof(command), "cp -r '%s' %s/home", from, fuzz_dir());
	must(system(command) == 0);
	setenv("PATH", "/none", 1);
	snprintf(command, sizeof(command), "%s/home", fuzz_dir());
	must(home_open(&service_home, command, &e));
	must((service.store = store_open(service_home.database, &e)));
	must((service.layout = layout_start(&e)));
	read_words();
	snprintf(service_work, sizeof(service_work), "%s/%s/work", service_home.projects,
		 words[0].id);
	snprintf(service_kept, sizeof(service_kept), "%s/kept", fuzz_dir());
	must(mkdir(service_kept, 0700) == 0);
	link_all(service_work, service_kept);
	c.upload_dir = service_home.uploads;
	home_token_hash(&service_home, c.token_hash);
	must((service_web = web_start(&c, &e)));
	atexit(service_end);
}

/* The input with its words put in. */
static void expand(const char *s, size_t len, struct json_text *out)
{
	for (; len > 0; s++, len--) {
		size_t i = WORDS;

		if (*s == '@' && len > 1)
			for (i = 0; i < WORDS && words[i].letter != s[1];)
				i++;
		if (i < WORDS) {
			json_text_add(out, words[i].id, strlen(words[i].id));
			s++, len--;
		} else {
			json_text_add(out, s, 1);
		}
	}
}

static int dial(void)
{
	struct sockaddr_in at = {.sin_family = AF_INET,
				 .sin_port = htons(web_port(service_web)),
				 .sin_addr = {htonl(INADDR_LOOPBACK)}};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), on = 1;

	must(fd >= 0 && connect(fd, (struct sockaddr *)&at, sizeof(at)) == 0);
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	return fd;
}

/* What an answer must be: a status that is no failure of ours, and JSON where it says so. */
static void check_answer(const char *head, const char *body, size_t len)
{
	unsigned status = 0;
	struct err e = {0};
	cJSON *v;

	must(sscanf(head, "HTTP/1.1 %u", &status) == 1);
	if (!(status >= 200 && (status < 500 || status == 501 || status == 505)))
		fprintf(stderr, "%s\n%.*s\n", head, (int)len, body);
	must(status >= 200 && (status < 500 || status == 501 || status == 505));
	if (len == 0 || !strcasestr(head, "\r\nContent-Type: application/json"))
		return;
	must((v = json_parse(body, len, NULL, &e)));
	must(status < 400 || json_str(v, "message"));
	cJSON_Delete(v);
}

#endif
