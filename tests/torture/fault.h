/*
 * What drive.c and the library fault.c, which it preloads into a tool, tell each other:
 * one page of shared memory, in the file that TORTURE_PAGE names.
 */
#ifndef FAULT_H
#define FAULT_H

#include <stdint.h>

/* What can be made to fail; each call is counted under one of these. */
enum fault_kind {
	FAULT_ALLOC,   /* malloc, calloc, realloc, strdup and their like */
	FAULT_OPEN,    /* open, fopen, socket, accept, pipe: whatever makes a descriptor */
	FAULT_READ,    /* read, recv, fread */
	FAULT_WRITE,   /* write, send, fwrite; not to standard error */
	FAULT_SYNC,    /* fsync, fdatasync, ftruncate, rename, unlink */
	FAULT_CONNECT, /* connect */
	FAULT_KINDS
};

#define FAULT_SHORT (-1) /* in place of an error number: one byte is done */
#define FAULT_FRAMES 24
#define FAULT_TEXT 160

struct fault_page {
	/* Set by drive.c. */
	char tool[64]; /* the program this is for; in others the library does nothing */
	int32_t kind;  /* < 0: nothing fails */
	int32_t error; /* errno, or FAULT_SHORT */
	uint64_t at;   /* the call that fails, from 1, counted from main on */
	int32_t ever;  /* and each after it */
	int32_t speed; /* the monotonic clock goes so many times faster; waits are shorter */

	/* Set by the library. */
	uint64_t calls[FAULT_KINDS];
	uint64_t injected;
	uint64_t blocks, bytes; /* that nothing pointed to at the end */
	int32_t checked;        /* the end was reached, and looked at */
	int32_t frames, leak_frames;
	char frame[FAULT_FRAMES]
		  [FAULT_TEXT]; /* of the first call that failed: FILE+OFFSET NAME */
	char leak[FAULT_FRAMES][FAULT_TEXT]; /* where the first lost block was made */
	char broken[FAULT_TEXT];             /* what was found wrong with a block */
};

#endif
