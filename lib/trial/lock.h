/*
 * trial_lock: who may do what with a trial log at the same time.  Private to trial.
 *
 * Locks are bytes far behind the end of the file, held by its open description
 * (fcntl(2), F_OFD_SETLK): the kernel gives them up when the process ends, however it
 * ends, and nothing is left lying about.  One byte a role is held as long as the file
 * is open; another byte while a record is appended (alone) or the log is read (with
 * others), and no longer.
 *
 * Such a lock does not tell its holder.  So a holder also puts a lock of the older kind
 * (F_SETLK) on a second byte of the role, which tells the process and protects nothing.
 */
#ifndef TRIAL_LOCK_H
#define TRIAL_LOCK_H

#include <stdbool.h>

#include "err/err.h"
#include "trial/log.h"

/* Take the role's byte for as long as fd is open; path is for messages.
 * ERR_UNAVAILABLE where another process has it; ERR_SYSTEM where the file system has no
 * locks. */
bool trial_lock_role(int fd, const char *path, enum trial_role role, struct err *e);

/* Wait for the byte of reading (shared) or appending; false with errno set. */
bool trial_lock_take(int fd, bool append);
void trial_lock_drop(int fd);

#endif
