/* Properties that every partition has. */
#include <stdlib.h>

#include "../tap.h"
#include "data/partition.h"
#include "learners/split.h"

enum { ROWS = 1003, REPS = 5 };

static uint8_t level[ROWS];

static void test_shares(double holdout_pct)
{
	struct partition p, again;
	struct err e = {0};
	bool same = true, even = true;
	size_t count[2][REPS + 1] = {{0}}, of[2] = {0};

	ok(partition_make(&p, ROWS, level, REPS, holdout_pct, 7, &e) &&
		   partition_make(&again, ROWS, level, REPS, holdout_pct, 7, &e),
	   "a partition with %g %% holdout", holdout_pct);
	for (size_t i = 0; i < ROWS; i++) {
		size_t k = p.fold[i] == PARTITION_HOLDOUT ? REPS : p.fold[i];

		same = same && p.fold[i] == again.fold[i] && p.order[i] == again.order[i];
		count[level[i]][k]++;
		of[level[i]]++;
	}
	ok(same, "the same seed gives the same partition");
	for (size_t c = 0; c < 2; c++)
		for (size_t k = 0; k <= REPS; k++) {
			double share = k == REPS ? holdout_pct : (100 - holdout_pct) / REPS;

			even = even &&
			       fabs((double)count[c][k] - share / 100 * (double)of[c]) < 2;
		}
	ok(even, "every class has its share in every fold and the holdout");
	partition_release(&again);
	ok(partition_make(&again, ROWS, level, REPS, holdout_pct, 8, &e), "another seed");
	same = true;
	for (size_t i = 0; i < ROWS; i++)
		same = same && p.fold[i] == again.fold[i];
	ok(!same, "gives another partition");
	partition_release(&again);
	partition_release(&p);
}

static void test_training(void)
{
	static uint32_t row[ROWS], scored[ROWS];
	struct partition p;
	struct err e = {0};
	size_t n, m;
	bool apart = true, rising = true, seen[ROWS] = {false};

	if (!ok(partition_make(&p, ROWS, level, REPS, 20, 1, &e), "a partition"))
		return;
	n = partition_training(&p, 2, ROWS, 0, row);
	m = partition_rows(&p, 2, scored);
	for (size_t i = 0; i < n; i++) {
		seen[row[i]] = true;
		rising = rising && (!i || row[i - 1] < row[i]);
	}
	for (size_t i = 0; i < m; i++)
		apart = apart && !seen[scored[i]];
	m = partition_rows(&p, PARTITION_HOLDOUT, scored);
	for (size_t i = 0; i < m; i++)
		apart = apart && !seen[scored[i]];
	ok(apart, "no row is trained on and scored");
	ok(rising, "rows come in rising order");
	ok(n == ROWS - partition_size(&p, 2) - partition_size(&p, PARTITION_HOLDOUT),
	   "all others are trained on");
	n = partition_training(&p, 2, 100, 0, row);
	m = 0;
	for (size_t i = 0; i < n; i++)
		m += level[row[i]];
	ok(n == 100 && m >= 15 && m <= 18,
	   "a sample has its size, and is stratified: %zu of %zu", m, n);
	n = partition_training(&p, 2, ROWS, 50, row);
	m = 0;
	for (size_t i = 0; i < n; i++)
		m += p.fold[row[i]] == PARTITION_HOLDOUT;
	ok(m == 50, "rows of the holdout are added where asked for");
	n = partition_training(&p, PARTITION_NO_FOLD, ROWS, 0, row);
	ok(n == ROWS - partition_size(&p, PARTITION_HOLDOUT), "all folds can be trained on");
	partition_release(&p);
}

static void test_split(void)
{
	uint32_t row[100], before[100];
	bool seen[ROWS] = {false};
	struct err e = {0};
	size_t stay, n = 0;

	for (uint32_t i = 0; i < 100; i++)
		before[i] = row[i] = 3 * i;
	ok(split_rows(row, 100, level, 0.15, 3, &stay, &e) && stay == 85,
	   "15 of 100 set aside");
	for (size_t i = 0; i < 100; i++)
		seen[row[i]] = true;
	for (size_t i = 0; i < 100; i++)
		n += seen[before[i]];
	ok(n == 100, "no row is lost");
	ok(!split_rows(row, 3, NULL, 0.15, 3, &stay, &e) && e.kind == ERR_REFUSED,
	   "three rows cannot be split");
}

/* Groups of 1 to 20 rows, the first ones, and the rows without one. */
static void test_groups(size_t parts, double holdout_pct)
{
	static uint32_t group[ROWS];
	double share[REPS + 1];
	size_t values = 0, groups, n[REPS + 1] = {0};
	unsigned part_of[ROWS];
	bool whole = true, even = true;
	struct partition p;
	struct err e = {0};

	for (size_t i = 0; i < ROWS; values++)
		for (size_t k = 0; k <= values % 20 && i < ROWS; k++)
			group[i++] = values == 7 ? UINT32_MAX : (uint32_t)values;
	for (size_t i = 0; i < REPS; i++)
		share[i] = (100 - holdout_pct) / REPS;
	share[REPS] = holdout_pct;
	ok(partition_start(&p, ROWS, NULL, REPS, 3, &e) &&
		   partition_groups(&p, group, values, share, parts, 3, &groups, &e),
	   "a partition of groups into %zu parts", parts);
	ok(groups == values, "missing values are one group, %zu in all", groups);
	for (size_t v = 0; v < ROWS; v++)
		part_of[v] = UINT32_MAX;
	for (size_t i = 0; i < ROWS; i++) {
		size_t v = group[i] < values ? group[i] : values;

		if (part_of[v] == UINT32_MAX)
			part_of[v] = p.fold[i];
		whole = whole && part_of[v] == p.fold[i];
		n[p.fold[i] == PARTITION_HOLDOUT ? REPS : p.fold[i]]++;
	}
	ok(whole, "no group is in two parts");
	for (size_t i = 0; i <= REPS; i++)
		even = even && fabs((double)n[i] - share[i] / 100 * ROWS) < 20;
	ok(even, "each part has its share, to within the largest group");
	partition_release(&p);
}

static void test_few_groups(void)
{
	static const uint32_t group[] = {0, 0, 0, 0, 0, 0, 0, 1, 2};
	static const double share[] = {10, 10, 80};
	bool there[3] = {false};
	struct partition p;
	struct err e = {0};
	size_t groups;

	ok(partition_start(&p, 9, NULL, 2, 3, &e) &&
		   partition_groups(&p, group, 3, share, 3, 3, &groups, &e) && groups == 3,
	   "as many groups as parts");
	for (size_t i = 0; i < 9; i++)
		there[p.fold[i] == PARTITION_HOLDOUT ? 2 : p.fold[i]] = true;
	ok(there[0] && there[1] && there[2], "leave no part empty");
	partition_release(&p);
}

static void test_tvh(void)
{
	struct partition p;
	struct err e = {0};

	ok(partition_start(&p, ROWS, level, 2, 3, &e), "one part to train on, one to score");
	p.tvh = true;
	partition_share(&p, 10, 30);
	ok(abs((int)partition_size(&p, PARTITION_HOLDOUT) - 100) <= 1 &&
		   abs((int)partition_size(&p, 0) - 301) <= 1 && partition_folds(&p) == 1,
	   "have the shares asked for");
	partition_release(&p);
}

int main(void)
{
	for (size_t i = 0; i < ROWS; i++)
		level[i] = i % 6 == 0;
	test_shares(20);
	test_shares(0);
	test_shares(12.5);
	test_training();
	test_split();
	test_groups(REPS, 0);
	test_groups(REPS + 1, 25);
	test_few_groups();
	test_tvh();
	return tap_end();
}
