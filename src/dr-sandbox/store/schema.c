#include "store/schema.h"

#include <stddef.h>

/*
 * Times are text as the interface shows them, except those that are compared:
 * job.held_from and job.started are seconds since the epoch.  Columns named
 * after JSON objects (features, metrics, ...) hold JSON.
 *
 * A tuned model has a blueprint of its own: `base` names the blueprint of the
 * worker it stands on, `asked` the values asked for, {parameterId: value}.
 * Where base is null, the row is one that the worker offered, in `body`.
 * `summary` is what models and jobs show of it, under the names they use.
 */
static const char first[] =
	"CREATE TABLE project ("
	" id TEXT PRIMARY KEY, name TEXT NOT NULL, description TEXT, file_name TEXT,"
	" created TEXT NOT NULL, stage TEXT NOT NULL, rows INTEGER,"
	" worker_count INTEGER NOT NULL DEFAULT -1,"
	" holdout_unlocked INTEGER NOT NULL DEFAULT 0,"
	" autopilot_mode INTEGER, target TEXT, target_type TEXT, metric TEXT,"
	" positive_class TEXT, partition TEXT, metrics TEXT,"
	" asked TEXT,"   /* the payload of the aim call */
	" options TEXT," /* what options/ stores */
	" last_number INTEGER NOT NULL DEFAULT 0);"

	"CREATE TABLE feature ("
	" project TEXT NOT NULL REFERENCES project ON DELETE CASCADE,"
	" number INTEGER NOT NULL, name TEXT NOT NULL, body TEXT NOT NULL,"
	" PRIMARY KEY (project, number)) WITHOUT ROWID;"
	"CREATE INDEX feature_name ON feature (project, name);"

	"CREATE TABLE featurelist ("
	" id TEXT PRIMARY KEY,"
	" project TEXT NOT NULL REFERENCES project ON DELETE CASCADE,"
	" name TEXT NOT NULL, features TEXT NOT NULL, created TEXT NOT NULL,"
	" by_user INTEGER NOT NULL, description TEXT,"
	" UNIQUE (project, name));"

	"CREATE TABLE blueprint ("
	" project TEXT NOT NULL REFERENCES project ON DELETE CASCADE,"
	" id TEXT NOT NULL, number INTEGER NOT NULL DEFAULT 0,"
	" base TEXT, asked TEXT, body TEXT, summary TEXT NOT NULL,"
	" PRIMARY KEY (project, id)) WITHOUT ROWID;"

	/* kind: upload, aim, dataset (these are shown through status/), fit, crossval,
	 * trained (training predictions), predict (predictions of a dataset).
	 * status: fetch (an upload still being fetched), queue, inprogress, error,
	 * ABORTED, COMPLETED.
	 * held_from: when the client was told of the job; null where nobody was.
	 * seen: the client has read the job since. */
	"CREATE TABLE job ("
	" id INTEGER PRIMARY KEY AUTOINCREMENT,"
	" project TEXT NOT NULL REFERENCES project ON DELETE CASCADE,"
	" kind TEXT NOT NULL, status TEXT NOT NULL, spec TEXT NOT NULL,"
	" model TEXT, blueprint TEXT, featurelist TEXT, sample_pct REAL, parent TEXT,"
	" description TEXT, fingerprint TEXT, autopilot INTEGER NOT NULL DEFAULT 0,"
	" held_from REAL, seen INTEGER NOT NULL DEFAULT 0,"
	" crashes INTEGER NOT NULL DEFAULT 0, started REAL, message TEXT);"
	"CREATE INDEX job_status ON job (status, id);"
	"CREATE INDEX job_project ON job (project, status, id);"
	"CREATE INDEX job_held ON job (project, held_from);"
	"CREATE INDEX job_fingerprint ON job (project, fingerprint);"
	"CREATE INDEX job_model ON job (model);"

	/* asked: values asked for; used: values in use; scores: metric ->
	 * {"folds": [...], "holdout": n}. */
	"CREATE TABLE model ("
	" id TEXT PRIMARY KEY,"
	" project TEXT NOT NULL REFERENCES project ON DELETE CASCADE,"
	" number INTEGER NOT NULL, blueprint TEXT NOT NULL, featurelist TEXT NOT NULL,"
	" parent TEXT, description TEXT, sample_pct REAL NOT NULL, rows INTEGER,"
	" starred INTEGER NOT NULL DEFAULT 0, frozen INTEGER NOT NULL DEFAULT 0,"
	" threshold REAL NOT NULL DEFAULT 0.5, spec TEXT NOT NULL, used TEXT,"
	" scores TEXT NOT NULL, iterations INTEGER, seconds REAL, features TEXT);"
	"CREATE INDEX model_project ON model (project, number);"

	/* Stays after its project: it says why the project is not there. */
	"CREATE TABLE status ("
	" id TEXT PRIMARY KEY, project TEXT NOT NULL, job INTEGER,"
	" status TEXT NOT NULL, message TEXT NOT NULL, created TEXT NOT NULL);"
	"CREATE INDEX status_job ON status (job);";

/* What models said, each of one model: of its own rows (subset), or of a dataset.  A row is
 * there from the request on; rows, labels and task are null until its job has been done, the
 * numbers are in the file of its id.  holdout: whether the subset has the holdout's rows.
 * A dataset's rows are null until it has been read. */
static const char predictions[] =
	"CREATE TABLE dataset ("
	" id TEXT PRIMARY KEY,"
	" project TEXT NOT NULL REFERENCES project ON DELETE CASCADE,"
	" name TEXT NOT NULL, created TEXT NOT NULL, status TEXT NOT NULL,"
	" rows INTEGER, columns INTEGER);"
	"CREATE INDEX dataset_project ON dataset (project, created);"
	"CREATE INDEX dataset_status ON dataset (status);"

	"CREATE TABLE prediction ("
	" id TEXT PRIMARY KEY,"
	" project TEXT NOT NULL REFERENCES project ON DELETE CASCADE,"
	" model TEXT NOT NULL REFERENCES model ON DELETE CASCADE,"
	" job INTEGER NOT NULL, subset TEXT, holdout INTEGER NOT NULL DEFAULT 0,"
	" dataset TEXT REFERENCES dataset ON DELETE CASCADE,"
	" rows INTEGER, labels TEXT, task TEXT);"
	"CREATE INDEX prediction_project ON prediction (project, job);"
	"CREATE INDEX prediction_job ON prediction (job);"
	"CREATE INDEX prediction_model ON prediction (model);"
	"CREATE INDEX prediction_dataset ON prediction (dataset);";

/* autopilot: a run over the blueprints with one list; stage is the next one to do
 * (jobs/autopilot.c).  job.autopilot names the run that a job belongs to, 0: none.
 * paused: nothing but tables is taken from the project's queue. */
static const char autopilot[] =
	"CREATE TABLE autopilot ("
	" id INTEGER PRIMARY KEY AUTOINCREMENT,"
	" project TEXT NOT NULL REFERENCES project ON DELETE CASCADE,"
	" featurelist TEXT NOT NULL, mode INTEGER NOT NULL, prepare INTEGER NOT NULL,"
	" stage INTEGER NOT NULL DEFAULT 0, done INTEGER NOT NULL DEFAULT 0);"
	"CREATE INDEX autopilot_project ON autopilot (project, done);"
	"UPDATE job SET autopilot = 0;"
	"CREATE INDEX job_autopilot ON job (autopilot, status);"

	"CREATE TABLE recommendation ("
	" project TEXT NOT NULL REFERENCES project ON DELETE CASCADE,"
	" type TEXT NOT NULL, model TEXT NOT NULL REFERENCES model ON DELETE CASCADE,"
	" PRIMARY KEY (project, type)) WITHOUT ROWID;"
	"CREATE INDEX recommendation_model ON recommendation (model);"
	"CREATE INDEX model_parent ON model (parent);"

	"ALTER TABLE project ADD COLUMN paused INTEGER NOT NULL DEFAULT 0;";

/* How a blueprint with lists among its values searches over them (dr-worker(1), fit). */
static const char search[] = "ALTER TABLE blueprint ADD COLUMN search TEXT;";

/*
 * A blend has a blueprint of its own, too: its base is itself; `members` says what it is the
 * mean of, {"models": [model id, ...], "list": feature list id, "blend": as in the worker's
 * job}; `body` is null until the first fit has drawn it.
 *
 * blend, consider: whether the run makes one, and whether that may be the one for
 * deployment; chosen: the model that is trained again for it, once that is known.  The stage of
 * making a blend came between cross validation and recommendation.
 */
static const char blends[] =
	"ALTER TABLE blueprint ADD COLUMN members TEXT;"
	"ALTER TABLE autopilot ADD COLUMN blend INTEGER NOT NULL DEFAULT 0;"
	"ALTER TABLE autopilot ADD COLUMN consider INTEGER NOT NULL DEFAULT 0;"
	"ALTER TABLE autopilot ADD COLUMN chosen TEXT;"
	"UPDATE autopilot SET chosen = (SELECT model FROM recommendation r"
	" WHERE r.project = autopilot.project AND type = 'Most Accurate');"
	"UPDATE autopilot SET stage = stage + 1 WHERE stage > 3;";

/* offers: what a column could be as the target, and by which metrics; feature.target: its place
 * among these, null where it cannot be one. */
static const char targets[] = "ALTER TABLE project ADD COLUMN offers TEXT;"
			      "ALTER TABLE feature ADD COLUMN target INTEGER;";

/* What a look at the queue asks of jobs, so that it reads no specs: thousands may wait. */
static const char waiting[] = "CREATE INDEX job_waiting ON job (status, kind, project);";

const char *const schema_steps[] = {first,  predictions, autopilot, search,
				    blends, targets,     waiting,   NULL};
