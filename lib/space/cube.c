/* cube: settings to coordinates and back. */
#include "space/space.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "json/json.h"
#include "space/internal.h"
#include "space/param.h"

/* What is left of a cell's width in rounding: much less than the distance of
 * values, much more than the error of a logarithm and back. */
#define TOLERANCE 1e-9

static double to_unit(const struct space_dim *d, double v)
{
	double t = d->log ? log(v) : v;

	if (d->from == d->to)
		return 0.5;
	return fmin(1, fmax(0, (t - d->from) / (d->to - d->from)));
}

static double from_unit(const struct space_dim *d, double x)
{
	double t = d->from + fmin(1, fmax(0, x)) * (d->to - d->from);

	return d->log ? exp(t) : t;
}

/* Value k of a stepped range, without the dust of 0.1 + 2 * 0.1. */
static double stepped(const struct space_dim *d, double k)
{
	double v = d->lo + k * d->step;
	char buf[40];

	if (d->whole || k == 0)
		return v;
	if (k == d->size - 1)
		return d->hi;
	snprintf(buf, sizeof(buf), "%.12g", v);
	return strtod(buf, NULL);
}

/*
 * Round to a short decimal.  Log: six significant digits, more where the range
 * is less than a factor e wide.  Linear: a power of ten between 1e-6 and 1e-5 of
 * the range, but nothing finer than the doubles there can tell apart.
 */
static double rounded(const struct space_dim *d, double v)
{
	double width = d->log ? log(d->hi / d->lo) : d->hi - d->lo;
	double large = fmax(fabs(d->lo), fabs(d->hi));
	char buf[400];
	int digits;

	if (d->log) {
		digits = 6 - (int)fmin(0, floor(log10(width)));
		snprintf(buf, sizeof(buf), "%.*e", digits > 14 ? 13 : digits - 1, v);
	} else {
		digits = 6 - (int)ceil(log10(width));
		if (digits > 14 - (int)ceil(log10(large)))
			digits = 14 - (int)ceil(log10(large));
		if (digits > 320)
			digits = 320;
		if (digits >= 0)
			snprintf(buf, sizeof(buf), "%.*f", digits, v);
		else
			snprintf(buf, sizeof(buf), "%.0fe%d", v / pow(10, -digits), -digits);
	}
	v = strtod(buf, NULL);
	if (d->whole)
		v = round(v);
	return fmin(d->hi, fmax(d->lo, v));
}

double space_dim_coordinate(const struct space_dim *d, double k)
{
	switch (d->kind) {
	case SPACE_CATEGORY:
		return k;
	case SPACE_ORDINAL:
		return (k + 0.5) / d->size;
	case SPACE_INTEGER:
		return d->log ? to_unit(d, stepped(d, k)) : (k + 0.5) / d->size;
	case SPACE_REAL:
		break;
	}
	return 0;
}

double space_dim_index(const struct space_dim *d, double x)
{
	double k = 0;

	switch (d->kind) {
	case SPACE_CATEGORY:
		k = round(x);
		break;
	case SPACE_INTEGER:
		k = d->log ? floor((from_unit(d, x) - d->lo) / d->step + 0.5)
			   : floor(x * d->size);
		break;
	case SPACE_ORDINAL:
		k = floor(x * d->size);
		break;
	case SPACE_REAL:
		return 0;
	}
	return fmin(d->size - 1, fmax(0, k));
}

double space_dim_number(const struct space_dim *d, double x)
{
	switch (d->kind) {
	case SPACE_INTEGER:
		return stepped(d, space_dim_index(d, x));
	case SPACE_ORDINAL:
		return d->values[(size_t)space_dim_index(d, x)]->valuedouble;
	case SPACE_REAL:
		if (x <= 0)
			return d->lo;
		return x >= 1 ? d->hi : rounded(d, from_unit(d, x));
	case SPACE_CATEGORY:
		break;
	}
	return NAN;
}

static double find_listed(const struct space_dim *d, const cJSON *v)
{
	size_t n = (size_t)d->size - d->or_number;

	for (size_t k = 0; k < n; k++) {
		if (param_same(d->values[k], v))
			return (double)k;
	}
	for (size_t k = 0; k < n; k++) {
		if (param_alike(d->values[k], v))
			return (double)k;
	}
	return -1;
}

double space_dim_find(const struct space_dim *d, const cJSON *v)
{
	double k;

	if (d->kind == SPACE_ORDINAL || d->kind == SPACE_CATEGORY)
		return find_listed(d, v);
	if (d->kind == SPACE_REAL || !cJSON_IsNumber(v))
		return -1;
	k = round((v->valuedouble - d->lo) / d->step);
	if (k < 0 || k >= d->size || fabs(stepped(d, k) - v->valuedouble) > TOLERANCE * d->step)
		return -1;
	return k;
}

/* A number among listed ones: the rank of the nearest. */
static double nearest(const struct space_dim *d, double v)
{
	size_t best = 0;

	for (size_t k = 1; k < (size_t)d->size; k++) {
		if (fabs(d->values[k]->valuedouble - v) <
		    fabs(d->values[best]->valuedouble - v))
			best = k;
	}
	return space_dim_coordinate(d, (double)best);
}

/* The coordinate of a value in an active dimension. */
static unsigned place_value(const struct space_dim *d, const cJSON *v, double *x)
{
	double k = space_dim_find(d, v);
	double num = cJSON_IsNumber(v) ? v->valuedouble : NAN;

	if (k >= 0) {
		*x = space_dim_coordinate(d, k);
		return SPACE_INSIDE;
	}
	if (d->kind == SPACE_CATEGORY) {
		*x = d->or_number && !isnan(num) ? d->size - 1 : -1;
		return *x < 0 ? SPACE_OUTSIDE : SPACE_INSIDE;
	}
	if (isnan(num)) {
		*x = 0.5;
		return SPACE_OUTSIDE;
	}
	if (d->kind == SPACE_ORDINAL)
		*x = nearest(d, num);
	else
		*x = num <= d->lo ? to_unit(d, d->lo) : to_unit(d, num);
	if (d->kind == SPACE_REAL && num >= d->lo && num <= d->hi)
		return SPACE_INSIDE;
	return SPACE_OUTSIDE;
}

/* The coordinate of the default, or else of the middle. */
static double usual(const struct space_dim *d)
{
	double x = NAN;

	if (d->initial && place_value(d, d->initial, &x) == SPACE_INSIDE)
		return x;
	if (d->initial && d->kind != SPACE_CATEGORY && cJSON_IsNumber(d->initial))
		return x;
	if (d->kind == SPACE_REAL)
		return 0.5;
	return space_dim_coordinate(d, d->kind == SPACE_CATEGORY ? 0 : floor(d->size / 2));
}

bool space_active(const struct space *s, size_t i, const double *x)
{
	const struct space_dim *d = &s->dim[i];

	if (!d->n_when)
		return true;
	for (size_t w = 0; w < d->n_when; w++) {
		size_t parent = d->when[w].dim;

		if (!isnan(x[parent]) && x[parent] >= 0 &&
		    space_dim_index(&s->dim[parent], x[parent]) == d->when[w].k)
			return true;
	}
	return false;
}

unsigned space_encode(const struct space *s, const cJSON *params, double *x)
{
	unsigned fit = SPACE_INSIDE;

	for (size_t i = 0; i < s->n; i++) {
		const struct space_dim *d = &s->dim[i];
		const cJSON *v = cJSON_GetObjectItemCaseSensitive(params, d->name);
		bool second = i > 0 && s->dim[i - 1].name == d->name;

		x[i] = NAN;
		if (space_active(s, i, x)) {
			if (v)
				fit |= place_value(d, v, &x[i]);
			else
				fit |= SPACE_MISSING;
			if (!v)
				x[i] = usual(d);
		} else if (v && !second) {
			fit |= SPACE_OUTSIDE;
		}
	}
	return fit;
}

void space_snap(const struct space *s, double *x)
{
	for (size_t i = 0; i < s->n; i++) {
		const struct space_dim *d = &s->dim[i];

		if (!space_active(s, i, x))
			x[i] = NAN;
		else if (isnan(x[i]))
			x[i] = usual(d);
		if (isnan(x[i]))
			continue;
		if (d->kind == SPACE_REAL)
			x[i] = to_unit(d, space_dim_number(d, x[i]));
		else
			x[i] = space_dim_coordinate(d, space_dim_index(d, x[i]));
	}
}

void space_place(const struct space *s, const double *u, double *x)
{
	for (size_t i = 0; i < s->n; i++) {
		const struct space_dim *d = &s->dim[i];

		x[i] = d->kind == SPACE_CATEGORY ? fmin(d->size - 1, floor(u[i] * d->size))
						 : u[i];
	}
	space_snap(s, x);
}

void space_initial(const struct space *s, double *x)
{
	for (size_t i = 0; i < s->n; i++)
		x[i] = usual(&s->dim[i]);
	space_snap(s, x);
}

cJSON *space_decode(const struct space *s, const double *x, struct err *e)
{
	double *at = malloc(s->n * sizeof(*at));
	cJSON *params = cJSON_CreateObject();

	if (!at || !params)
		goto fail;
	memcpy(at, x, s->n * sizeof(*at));
	space_snap(s, at);
	for (size_t i = 0; i < s->n; i++) {
		const struct space_dim *d = &s->dim[i];
		const cJSON *listed = NULL;
		cJSON *v;

		if (isnan(at[i]))
			continue;
		if (d->kind == SPACE_CATEGORY) {
			listed = d->values[(size_t)space_dim_index(d, at[i])];
			if (!listed)
				continue;
		}
		v = listed ? cJSON_Duplicate(listed, true)
			   : cJSON_CreateNumber(space_dim_number(d, at[i]));
		if (!cJSON_AddItemToObject(params, d->name, v)) {
			cJSON_Delete(v);
			goto fail;
		}
	}
	free(at);
	return params;
fail:
	err_nomem(e);
	cJSON_Delete(params);
	free(at);
	return NULL;
}
