#include "learners/fourier.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "la/la.h"
#include "learners/design.h"
#include "learners/newton.h"
#include "learners/split.h"
#include "rng/rng.h"

#define TOLERANCE 1e-4
#define CELLS_MAX ((size_t)200 * 1000 * 1000)
#define TAU 6.283185307179586

static const char *const automatic[] = {"auto", NULL};

static const struct param params[] = {
	{"C", .options = automatic, .real = {true, 1e-6, 1e6}, .grid = true,
	 .initial = {"auto", 0},
	 .help = "weight of the loss of a row against the penalty: small is simple; auto: the "
		 "best of 1, 10 and 100 on rows set aside"},
	{"gamma", .options = automatic, .real = {true, 1e-6, 100}, .grid = true,
	 .initial = {"auto", 0},
	 .help = "narrowness of the kernel; auto: 1 / (2 x number of columns)"},
	{"n_components", .integer = {true, 16, 4096}, .grid = true, .initial = {NULL, 600},
	 .help = "random features: more are closer to the kernel, and slower"},
	{"random_state", .integer = {true, 0, 1000000000}, .grid = true,
	 .initial = {NULL, 1234}, .help = "what is drawn: the features"},
};

static const struct task_link links[] = {
	{"Random Features for Large-Scale Kernel Machines",
	 "https://papers.nips.cc/paper/"
	 "3182-random-features-for-large-scale-kernel-machines"},
	{NULL, NULL},
};

#define DESCRIPTION                                                                            \
	"A linear model of waves with random directions over all columns. Rows that are "      \
	"close get close predictions, as with a radial kernel, whose sums these waves "        \
	"approximate."

const struct task fourier_classifier = {
	.name = "Kernel Classifier (Random Fourier Features)",
	.title = "Kernel model",
	.description = DESCRIPTION,
	TASK_PARAMS(params),
	.links = links,
};

const struct task fourier_regressor = {
	.name = "Kernel Regressor (Random Fourier Features)",
	.title = "Kernel model",
	.description = DESCRIPTION,
	TASK_PARAMS(params),
	.links = links,
};

struct waves {
	const struct learner_input *in;
	size_t rows, cols, n; /* rows: those learned from, then those predicted; n waves */
	uint32_t *row;        /* of the table */
	float *x, *w, *b, *z; /* rows x cols, cols x n, n, rows x n */
	double *y, *eta;      /* rows */
	double mean, sd;      /* of the target, for numbers */
	bool choose;          /* C, by the training rows from the one after `stay` on? */
	size_t stay;
};

static bool open_rows(struct waves *f, struct err *e)
{
	const struct learner_input *in = f->in;

	f->rows = in->n_train + in->n_apply;
	f->cols = in->sparse->cols + in->x->cols;
	f->n = (size_t)params_number(&in->params, "n_components");
	if (f->rows > CELLS_MAX / f->n)
		return err_set(e, ERR_REFUSED,
			       "the table is too large for this model: %zu rows times "
			       "n_components=%zu",
			       f->rows, f->n);
	f->row = malloc((f->rows + 1) * sizeof *f->row);
	f->w = malloc((f->cols + 1) * f->n * sizeof *f->w);
	f->b = malloc(f->n * sizeof *f->b);
	f->z = malloc((f->rows + 1) * f->n * sizeof *f->z);
	f->y = calloc(f->rows + 1, sizeof *f->y);
	f->eta = malloc((f->rows + 1) * sizeof *f->eta);
	if (!f->row || !f->w || !f->b || !f->z || !f->y || !f->eta)
		return err_nomem(e);
	memcpy(f->row, in->train, in->n_train * sizeof *f->row);
	memcpy(f->row + in->n_train, in->apply, in->n_apply * sizeof *f->row);
	if (f->choose && !split_rows(f->row, in->n_train, in->level, FOURIER_INNER_SHARE,
				     in->seed, &f->stay, e))
		return false;
	return (f->x = design_dense(in, f->row, f->rows, e)) != NULL;
}

static void close_rows(struct waves *f)
{
	free(f->x);
	free(f->eta);
	free(f->y);
	free(f->z);
	free(f->b);
	free(f->w);
	free(f->row);
}

static void draw(struct waves *f)
{
	const struct params *p = &f->in->params;
	double gamma =
		params_word(p, "gamma") ? 0.5 / (double)f->cols : params_number(p, "gamma");
	double scale = sqrt(2 / (double)f->n);
	struct rng rng;

	rng_init(&rng, f->in->seed, (uint64_t)params_number(p, "random_state"));
	for (size_t i = 0; i < f->cols * f->n; i++)
		f->w[i] = (float)(sqrt(2 * gamma) * rng_normal(&rng));
	for (size_t k = 0; k < f->n; k++)
		f->b[k] = (float)(TAU * rng_uniform(&rng));
	la_float_times((int)f->rows, (int)f->n, (int)f->cols, f->x, false, f->w, false, 0,
		       f->z);
	free(f->x); /* wide, and not needed any more */
	f->x = NULL;
	for (size_t i = 0; i < f->rows; i++)
		for (size_t k = 0; k < f->n; k++)
			f->z[i * f->n + k] = (float)scale * cosf(f->z[i * f->n + k] + f->b[k]);
}

static void read_target(struct waves *f)
{
	const struct learner_input *in = f->in;
	double n = (double)in->n_train, sum = 0, square = 0;

	f->sd = 1;
	for (size_t i = 0; i < in->n_train; i++)
		sum += in->y[f->row[i]] / n;
	for (size_t i = 0; i < in->n_train; i++)
		square += (in->y[f->row[i]] - sum) * (in->y[f->row[i]] - sum) / n;
	if (in->regression) {
		f->mean = sum;
		f->sd = square > 0 ? sqrt(square) : 1;
	}
	for (size_t i = 0; i < in->n_train; i++)
		f->y[i] = (in->y[f->row[i]] - f->mean) / f->sd;
}

/* Loss of the training rows from the given one on. */
static double loss_from(const struct waves *f, size_t from)
{
	double loss = 0;

	for (size_t i = from; i < f->in->n_train; i++) {
		double eta = f->eta[i], rest = f->y[i] - eta;

		loss += f->in->regression ? rest * rest
					  : log1p(exp(-fabs(eta))) + fmax(eta, 0) -
						    (f->y[i] > 0 ? eta : 0);
	}
	return loss;
}

/* Learn from the rows that stay, and take the C that serves the others best. */
static bool choose(struct waves *f, struct newton_problem *problem, struct err *e)
{
	static const double candidates[] = {1, 10, 100};
	struct newton_problem part = *problem;
	double best = INFINITY;

	part.n = f->stay;
	part.rows = f->in->n_train;
	for (size_t i = 0; i < sizeof candidates / sizeof *candidates; i++) {
		double loss;

		part.C = candidates[i];
		if (!newton_fit(&part, f->eta, e))
			return false;
		if (!((loss = loss_from(f, f->stay)) < best))
			continue;
		best = loss;
		problem->C = part.C;
	}
	return true;
}

bool fourier_fit(struct learner_input *in, struct err *e)
{
	struct waves f = {.in = in, .choose = params_word(&in->params, "C") != NULL};
	struct newton_problem problem = {
		.squares = in->regression,
		.C = f.choose ? 1 : params_number(&in->params, "C"),
		.tolerance = TOLERANCE,
		.n = in->n_train,
	};
	bool ok = design_check(in, e) && open_rows(&f, e);

	in->iterations = -1;
	if (ok) {
		draw(&f);
		read_target(&f);
		problem.z = f.z;
		problem.rows = f.rows;
		problem.cols = f.n;
		problem.y = f.y;
		ok = (!f.choose || choose(&f, &problem, e)) && newton_fit(&problem, f.eta, e);
	}
	for (size_t i = 0; ok && i < in->n_apply; i++) {
		double eta = f.eta[in->n_train + i];

		in->p[i] = in->regression ? f.mean + f.sd * eta : 1 / (1 + exp(-eta));
	}
	close_rows(&f);
	return ok;
}
