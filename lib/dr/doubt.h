/*
 * doubt: what cannot be the answer to a request, found by what the answer itself says:
 * the http_doubt_fn of each kind of request.  A proxy that gives a page for people, an
 * answer that was meant for another request, a service that is half up: such an answer
 * is asked for again, a few times, and then told, and nothing of it is believed.
 *
 * What answers leave out is no reason for doubt: servers differ.
 */
#ifndef DR_DOUBT_H
#define DR_DOUBT_H

#include "http/http.h"

/* GET of an object; about (may be NULL): its id, where it has one. */
http_doubt_fn doubt_object;

/* GET of a list or a page of one; about (may be NULL): the project of its items, where
 * they name one. */
http_doubt_fn doubt_list;

/* POST of work: success must name a job, on the endpoint's host; and 422, which may say
 * that the job is there already, must say something. */
http_doubt_fn doubt_submission;

/* GET of a job of this id: how far it is, or (303) what it made. */
http_doubt_fn doubt_job;

/* GET of a status. */
http_doubt_fn doubt_status;

#endif
