#include "jobs/files.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "home/home.h"
#include "json/json.h"

static char *project_file(const char *projects, const char *project, const char *name)
{
	char *path;

	return asprintf(&path, "%s/%s%s", projects, project, name) < 0 ? NULL : path;
}

char *files_table(const char *projects, const struct queue_job *job)
{
	const char *name = json_str(job->spec, "csv");
	char *path;

	if (!name)
		return project_file(projects, job->project, "/data.csv");
	return asprintf(&path, "%s/%s/work/%s", projects, job->project, name) < 0 ? NULL : path;
}

char *files_job_line(const char *projects, struct queue_job *job)
{
	char *csv = files_table(projects, job);
	char *dir = project_file(projects, job->project, "/work");
	char *text = NULL, *line = NULL;
	bool table = strcmp(job->kind, "upload") == 0 || strcmp(job->kind, "aim") == 0 ||
		     json_str(job->spec, "csv");
	bool folder = strcmp(job->kind, "upload") != 0 && strcmp(job->kind, "dataset") != 0;

	cJSON_DeleteItemFromObjectCaseSensitive(job->spec, "url");
	cJSON_DeleteItemFromObjectCaseSensitive(job->spec, "scoring");
	if (csv && dir && (!table || json_set_str(job->spec, "csv", csv)) &&
	    (!folder || json_set_str(job->spec, "dir", dir)))
		text = json_string(job->spec);
	if (text && asprintf(&line, "%s\n", text) < 0)
		line = NULL;
	free(csv);
	free(dir);
	free(text);
	return line;
}

/* A file in the project's folder `work` that nothing in the database stands for. */
static void tidy_file(const char *projects, struct store *s, const struct queue_job *job,
		      const char *name)
{
	struct err e = {0};
	bool there;
	char *path;

	if (!name)
		return;
	store_begin(s);
	there = queue_has_file(s, name) || store_failed(s);
	store_end(s, true, &e);
	if (!there && asprintf(&path, "%s/%s/work/%s", projects, job->project, name) >= 0) {
		unlink(path);
		free(path);
	}
}

bool files_tidy(const char *projects, struct store *s, const struct queue_job *job,
		struct err *e)
{
	const char *csv = json_str(job->spec, "csv");
	struct err unread = {0};
	bool there, ok;
	char *path;

	if (strcmp(job->kind, "dataset") == 0) /* the job line has put the folder in front */
		tidy_file(projects, s, job,
			  csv && strrchr(csv, '/') ? strrchr(csv, '/') + 1 : csv);
	tidy_file(projects, s, job, json_str(job->spec, "out"));
	if (strcmp(job->kind, "upload") != 0)
		return true;
	store_begin(s);
	there = queue_has_project(s, job->project) || store_failed(s);
	store_end(s, true, &unread);
	path = there ? NULL : home_project(projects, job->project);
	ok = !path || home_remove_tree(path, e);
	free(path);
	return ok;
}
