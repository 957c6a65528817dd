#include "trial/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>

/* The bytes: that of appending, then one a role, then the second one of each. */
#define FIRST_BYTE ((off_t)1 << 62)
#define HOLDERS 16

static const char *const names[] = {
	[TRIAL_PROPOSER] = "proposer",
	[TRIAL_SUBMITTER] = "submitter",
	[TRIAL_COLLECTOR] = "collector",
	[TRIAL_TRAINER] = "trainer",
};

static struct flock byte_lock(short type, int byte)
{
	return (struct flock){
		.l_type = type, .l_whence = SEEK_SET, .l_start = FIRST_BYTE + byte, .l_len = 1};
}

static bool refuse(int fd, const char *path, enum trial_role role, struct err *e)
{
	struct flock holder = byte_lock(F_WRLCK, HOLDERS + (int)role);
	char who[48] = "";

	/* Across machines or containers there may be no such number. */
	if (fcntl(fd, F_GETLK, &holder) == 0 && holder.l_type != F_UNLCK && holder.l_pid > 0)
		snprintf(who, sizeof(who), ", process %ld", (long)holder.l_pid);
	return err_set(e, ERR_UNAVAILABLE, "%s: another run is at work on it: it has a %s%s",
		       path, names[role], who);
}

bool trial_lock_role(int fd, const char *path, enum trial_role role, struct err *e)
{
	struct flock own = byte_lock(F_WRLCK, (int)role);
	struct flock tell = byte_lock(F_WRLCK, HOLDERS + (int)role);

	if (fcntl(fd, F_OFD_SETLK, &own) == 0) {
		fcntl(fd, F_SETLK, &tell); /* where it fails a message tells less */
		return true;
	}
	if (errno == EAGAIN || errno == EACCES)
		return refuse(fd, path, role, e);
	err_errno(e, "%s: lock", path);
	return false;
}

bool trial_lock_take(int fd, bool append)
{
	struct flock l = byte_lock(append ? F_WRLCK : F_RDLCK, 0);
	int r;

	do
		r = fcntl(fd, F_OFD_SETLKW, &l);
	while (r != 0 && errno == EINTR);
	return r == 0;
}

void trial_lock_drop(int fd)
{
	struct flock l = byte_lock(F_UNLCK, 0);

	fcntl(fd, F_OFD_SETLK, &l);
}
