/* Values as clients write them. */
#include <stdlib.h>

#include "../tap.h"
#include "json/json.h"
#include "tasks/param.h"

static const char *const no_yes[] = {"False", "True", NULL};
static const char *const none[] = {"None", "3", NULL};

static const struct param flag = {"flag", .options = no_yes};
static const struct param whole = {"whole", .options = none, .integer = {true, 1, 100}};
static const struct param both = {"both", .integer = {true, 0, 1e30}, .real = {true, 0, 1}};

static void reads(const struct param *p, const char *json, const char *want)
{
	struct err e = {0};
	cJSON *v = json_parse(json, strlen(json), NULL, &e), *back = NULL;
	struct param_value value;
	char *text = NULL;

	if (v && param_read(p, v, &value, &e) && (back = param_json(&value)))
		text = json_string(back);
	is_str(text ? text : e.text, want, json);
	free(text);
	cJSON_Delete(back);
	cJSON_Delete(v);
}

int main(void)
{
	char *id = param_id("analyzer", 10);

	reads(&flag, "\"True\"", "\"True\"");
	reads(&flag, "true", "\"True\"");
	reads(&flag, "0", "\"False\"");
	reads(&flag, "1", "\"True\"");
	reads(&flag, "2", "flag=2 is not one of its values");
	reads(&flag, "null", "flag=null is not one of its values");
	reads(&flag, "[true]", "flag=[true] is not one of its values");
	reads(&whole, "null", "\"None\"");
	reads(&whole, "5", "5");
	reads(&whole, "\"5\"", "5");
	reads(&whole, "3", "\"3\"");
	reads(&whole, "5.5", "whole=5.5 is not a whole number");
	reads(&whole, "0", "whole=0 is below its minimum 1");
	reads(&whole, "101", "whole=101 is above its maximum 100");
	reads(&whole, "\"nan\"", "whole=\"nan\" is not one of its values");
	reads(&whole, "\"0x10\"", "whole=\"0x10\" is not one of its values");
	reads(&both, "0.25", "0.25");
	reads(&both, "7", "7");
	reads(&both, "1.5", "both=1.5 is not a whole number");
	reads(&both, "-1", "both=-1 is below its minimum 0");
	is_str(id, "eyJhcmciOiJhbmFseXplciIsInZpZCI6IjEwIn0", "the id of a parameter");
	free(id);
	return tap_end();
}
