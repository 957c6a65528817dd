/* dr/board: the order of the leaderboard. */
#include "dr/board.h"

#include <stdlib.h>

#include "tap.h"
#include "json/json.h"

static const char models[] =
	"[{\"id\":\"a\",\"metrics\":{\"AUC\":{\"crossValidation\":0.7,\"validation\":0.9}}},"
	"{\"id\":\"b\",\"metrics\":{\"AUC\":{\"crossValidation\":null,\"validation\":0.8}}},"
	"{\"id\":\"c\",\"metrics\":{\"AUC\":{\"crossValidation\":0.8,\"validation\":0.8}}},"
	"{\"id\":\"d\",\"metrics\":{}},"
	"{\"id\":\"e\",\"metrics\":{\"AUC\":{\"crossValidation\":0.7,\"validation\":0.1}}}]";

static void order(const char *partition, bool minimize, const char *want, const char *what)
{
	struct dr_board_order by = {"AUC", partition, minimize};
	struct err e = {0};
	cJSON *list = json_parse(models, strlen(models), NULL, &e);
	cJSON *board = dr_board_rank(list, &by, &e);
	const cJSON *rec;
	char got[8] = "";

	cJSON_ArrayForEach (rec, board) {
		strncat(got, json_str(rec, "id"), 1);
	}
	is_str(got, want, what);
	cJSON_Delete(board);
	cJSON_Delete(list);
}

static void fields(void)
{
	struct dr_board_order by = {"AUC", "crossValidation", false};
	struct err e = {0};
	cJSON *list = json_parse(models, strlen(models), NULL, &e);
	cJSON *board = dr_board_rank(list, &by, &e);
	char *first = json_string(board->child), *last = json_string(board->child->prev);

	is_str(first,
	       "{\"id\":\"c\",\"metrics\":{\"AUC\":{\"crossValidation\":0.8,\"validation\":0.8}"
	       "},"
	       "\"score\":0.8,\"metric\":\"AUC\",\"partition\":\"crossValidation\","
	       "\"minimize\":false}",
	       "a record has its score and what it is");
	is_str(last,
	       "{\"id\":\"d\",\"metrics\":{},\"score\":null,\"metric\":\"AUC\","
	       "\"partition\":\"crossValidation\",\"minimize\":false}",
	       "or null");
	free(first);
	free(last);
	cJSON_Delete(board);
	cJSON_Delete(list);
}

int main(void)
{
	order("crossValidation", false, "caebd", "the highest first, equals as they came");
	order("crossValidation", true, "aecbd", "the lowest first, what has no score last");
	order("validation", false, "abced", "by another partition");
	fields();
	return tap_end();
}
