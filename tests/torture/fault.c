/*
 * fault: a library that is preloaded into a tool, counts what it asks of the system, and
 * makes one call fail (fault.h).  Built and used by drive.c.
 *
 * Memory comes from an arena of its own, of which nothing is used twice: so what is
 * written behind a block's end or after its release is seen, and at the end, a block
 * that no other memory points to is known to be lost: blocks are marked from the
 * writable segments, stacks and registers, as a garbage collector does.
 *
 * Calls before main are those of other libraries' constructors and never fail.
 */
#include <dlfcn.h>
#include <errno.h>
#include <execinfo.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#include "fault.h"

static struct fault_page *page; /* NULL: this program is left alone */
static bool counting;           /* main has begun */
static __thread bool inside;    /* what the library itself calls does not count */

/* ---- which call fails ---- */

static void name_frames(char text[][FAULT_TEXT], int32_t *n, void *const *at, int from, int to)
{
	for (*n = 0; from < to && *n < FAULT_FRAMES; from++) {
		Dl_info i;

		if (dladdr(at[from], &i) && i.dli_fname)
			snprintf(text[(*n)++], FAULT_TEXT, "%.80s+0x%zx %.50s", i.dli_fname,
				 (size_t)((char *)at[from] - (char *)i.dli_fbase),
				 i.dli_sname ? i.dli_sname : "");
	}
}

/* True: the caller must fail with errno as it is now, or do one byte for FAULT_SHORT. */
static bool fails(enum fault_kind kind)
{
	void *at[FAULT_FRAMES + 2];
	uint64_t n;

	if (!page || !counting || inside)
		return false;
	n = __atomic_add_fetch(&page->calls[kind], 1, __ATOMIC_RELAXED);
	if ((int32_t)kind != page->kind || n < page->at || (n > page->at && !page->ever))
		return false;
	if (__atomic_fetch_add(&page->injected, 1, __ATOMIC_RELAXED) == 0) {
		inside = true;
		name_frames(page->frame, &page->frames, at, 2, backtrace(at, FAULT_FRAMES + 2));
		inside = false;
	}
	if (page->error > 0)
		errno = page->error;
	return true;
}

static bool is_short(void)
{
	return page->error == FAULT_SHORT;
}

/* ---- memory ---- */

#define ARENA ((size_t)32 << 30)
#define ALIGN 16
#define FENCE 16
#define LARGE ((size_t)128 << 10) /* given back to the system when released */
#define MAKERS 12

struct block {
	struct block *before; /* the one made before it */
	size_t size;          /* asked for */
	bool live, marked;
	void *maker[MAKERS];
};

static char *arena, *arena_end;
static size_t used, n_blocks;
static struct block *last;
static int lock;
static bool trace_makers; /* with TORTURE_TRACE: whole stacks, which takes longer */

static void take_lock(void)
{
	while (__atomic_exchange_n(&lock, 1, __ATOMIC_ACQUIRE))
		sched_yield();
}

static void drop_lock(void)
{
	__atomic_store_n(&lock, 0, __ATOMIC_RELEASE);
}

static struct block *block_of(void *p)
{
	return (struct block *)((char *)p - sizeof(struct block));
}

static _Noreturn void broken(const char *what)
{
	if (page)
		snprintf(page->broken, sizeof(page->broken), "%s", what);
	abort();
}

static bool filled(const unsigned char *p, size_t n, unsigned char with)
{
	for (size_t i = 0; i < n; i++)
		if (p[i] != with)
			return false;
	return true;
}

static void check_fence(struct block *b)
{
	if (!filled((unsigned char *)(b + 1) + b->size, FENCE, 0xfe))
		broken("written behind the end of a block");
}

static void *make(size_t size, size_t align, void *maker)
{
	size_t from, whole;
	struct block *b;

	if (size > ARENA / 4) {
		errno = ENOMEM;
		return NULL;
	}
	take_lock();
	if (!arena) {
		arena = mmap(NULL, ARENA, PROT_READ | PROT_WRITE,
			     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
		if (arena == MAP_FAILED)
			_exit(99);
		arena_end = arena + ARENA;
	}
	from = used + sizeof(*b);
	from = (from + align - 1) / align * align - sizeof(*b);
	whole = (sizeof(*b) + size + FENCE + ALIGN - 1) / ALIGN * ALIGN;
	if (from + whole > ARENA)
		_exit(99);
	b = (struct block *)(arena + from);
	*b = (struct block){.before = last, .size = size, .live = true, .maker = {maker}};
	last = b;
	n_blocks++;
	used = from + whole;
	drop_lock();
	memset((char *)(b + 1) + size, 0xfe, FENCE);
	if (trace_makers && !inside) {
		void *at[MAKERS + 2];
		int n;

		inside = true;
		n = backtrace(at, MAKERS + 2);
		for (int i = 2; i < n; i++)
			b->maker[i - 2] = at[i];
		inside = false;
	}
	return b + 1;
}

void *malloc(size_t n)
{
	void *p;

	if (fails(FAULT_ALLOC))
		return NULL;
	if ((p = make(n, ALIGN, __builtin_return_address(0))))
		memset(p, 0xa5,
		       n < LARGE ? n : 0); /* what is read before it is written is seen */
	return p;
}

void *calloc(size_t a, size_t n)
{
	if (fails(FAULT_ALLOC))
		return NULL;
	if (n && a > SIZE_MAX / n) {
		errno = ENOMEM;
		return NULL;
	}
	return make(a * n, ALIGN, __builtin_return_address(0));
}

void free(void *p)
{
	struct block *b;

	if (!p)
		return;
	b = block_of(p);
	if ((char *)p < arena || (char *)p >= arena_end)
		broken("released what was never given");
	if (!__atomic_exchange_n(&b->live, false, __ATOMIC_ACQ_REL))
		broken("released twice");
	check_fence(b);
	if (b->size >= LARGE) {
		size_t from = ((size_t)p + 4095) & ~(size_t)4095;

		madvise((void *)from, ((size_t)p + b->size - from) & ~(size_t)4095,
			MADV_DONTNEED);
	} else {
		memset(p, 0xdd, b->size);
	}
}

static void *again(void *p, size_t n, void *maker)
{
	void *q;

	if (!p)
		return make(n, ALIGN, maker);
	if (n == 0) {
		free(p);
		return NULL;
	}
	if (!(q = make(n, ALIGN, maker)))
		return NULL;
	memcpy(q, p, block_of(p)->size < n ? block_of(p)->size : n);
	free(p);
	return q;
}

void *realloc(void *p, size_t n)
{
	return fails(FAULT_ALLOC) ? NULL : again(p, n, __builtin_return_address(0));
}

void *reallocarray(void *p, size_t a, size_t n)
{
	if (fails(FAULT_ALLOC))
		return NULL;
	if (n && a > SIZE_MAX / n) {
		errno = ENOMEM;
		return NULL;
	}
	return again(p, a * n, __builtin_return_address(0));
}

void *memalign(size_t align, size_t n)
{
	return fails(FAULT_ALLOC)
		       ? NULL
		       : make(n, align < ALIGN ? ALIGN : align, __builtin_return_address(0));
}

void *aligned_alloc(size_t align, size_t n)
{
	return fails(FAULT_ALLOC)
		       ? NULL
		       : make(n, align < ALIGN ? ALIGN : align, __builtin_return_address(0));
}

int posix_memalign(void **to, size_t align, size_t n)
{
	void *p = fails(FAULT_ALLOC)
			  ? NULL
			  : make(n, align < ALIGN ? ALIGN : align, __builtin_return_address(0));

	if (!p)
		return ENOMEM;
	*to = p;
	return 0;
}

size_t malloc_usable_size(void *p)
{
	return p ? block_of(p)->size : 0;
}

/* ---- what is lost at the end ---- */

static struct block **found; /* all blocks, in order */
static size_t n_found;
static struct block **todo;
static size_t n_todo;

static void mark(const void *word)
{
	size_t lo = 0, hi = n_found;

	if ((const char *)word < arena || (const char *)word >= arena + used)
		return;
	while (lo < hi) { /* the last block that begins at or before it */
		size_t mid = (lo + hi) / 2;

		if ((const char *)(found[mid] + 1) <= (const char *)word)
			lo = mid + 1;
		else
			hi = mid;
	}
	if (lo == 0)
		return;
	struct block *b = found[lo - 1];

	/* One behind the end is a pointer to it, too. */
	if (!b->live || b->marked || (const char *)word > (char *)(b + 1) + b->size)
		return;
	b->marked = true;
	todo[n_todo++] = b;
}

static void scan(const void *from, const void *to)
{
	const char *p = (const char *)(((uintptr_t)from + 7) & ~(uintptr_t)7);

	for (; p + sizeof(void *) <= (const char *)to; p += sizeof(void *))
		mark(*(void *const *)p);
	while (n_todo) {
		struct block *b = todo[--n_todo];
		char *q = (char *)(b + 1), *end = q + b->size;

		for (; q + sizeof(void *) <= end; q += sizeof(void *))
			mark(*(void **)q);
	}
}

/* Every writable mapping but the arena; of this thread's stack what is in use. */
static void scan_all(const char *stack)
{
	static char text[1 << 20];
	int fd = (int)syscall(SYS_openat, AT_FDCWD, "/proc/self/maps", O_RDONLY | O_CLOEXEC);
	size_t n = 0;
	ssize_t got;

	while (n < sizeof(text) - 1 &&
	       (got = syscall(SYS_read, fd, text + n, sizeof(text) - 1 - n)) > 0)
		n += (size_t)got;
	syscall(SYS_close, fd);
	text[n] = '\0';
	for (char *line = text, *end; *line; line = end + 1) {
		unsigned long from, to;
		char mode[8];

		if (!(end = strchr(line, '\n')))
			break;
		*end = '\0';
		if (sscanf(line, "%lx-%lx %7s", &from, &to, mode) != 3 ||
		    strncmp(mode, "rw", 2) != 0 || strstr(line, "/dev/") || mode[3] == 's')
			continue;
		if ((char *)from < arena_end && (char *)to > arena)
			continue;
		if ((uintptr_t)stack >= from && (uintptr_t)stack < to)
			from = (uintptr_t)stack;
		scan((void *)from, (void *)to);
	}
}

static void check_all(void)
{
	size_t i = n_found;

	for (struct block *b = last; b; b = b->before) {
		found[--i] = b;
		if (b->live)
			check_fence(b);
		else if (b->size < LARGE && !filled((unsigned char *)(b + 1), b->size, 0xdd))
			broken("written after its release");
	}
}

static void __attribute__((noinline)) look(void)
{
	jmp_buf registers;

	if (!page || !counting || page->checked)
		return;
	counting = false;
	inside = true;
	fflush(NULL);
	setjmp(registers);
	found = mmap(NULL, 2 * (n_blocks + 1) * sizeof(*found), PROT_READ | PROT_WRITE,
		     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (found == MAP_FAILED)
		_exit(99);
	n_found = n_blocks;
	todo = found + n_found;
	check_all();
	scan_all((char *)&registers);
	for (size_t i = 0; i < n_found; i++) {
		struct block *b = found[i];

		if (!b->live || b->marked)
			continue;
		if (page->blocks++ == 0)
			name_frames(page->leak, &page->leak_frames, b->maker, 0,
				    trace_makers ? MAKERS : 1);
		page->bytes += b->size;
	}
	page->checked = 1;
}

/* ---- descriptors ---- */

static int open_at(int dir, const char *path, int flags, mode_t mode)
{
	if (fails(FAULT_OPEN))
		return -1;
	return (int)syscall(SYS_openat, dir, path, flags, mode);
}

#define MODE(flags)                                                                            \
	({                                                                                     \
		va_list ap;                                                                    \
		va_start(ap, flags);                                                           \
		mode_t m = (flags) & (O_CREAT | __O_TMPFILE) ? va_arg(ap, mode_t) : 0;         \
		va_end(ap);                                                                    \
		m;                                                                             \
	})

int open(const char *path, int flags, ...)
{
	return open_at(AT_FDCWD, path, flags, MODE(flags));
}
int open64(const char *path, int flags, ...)
{
	return open_at(AT_FDCWD, path, flags, MODE(flags));
}
int openat(int dir, const char *path, int flags, ...)
{
	return open_at(dir, path, flags, MODE(flags));
}
int openat64(int dir, const char *path, int flags, ...)
{
	return open_at(dir, path, flags, MODE(flags));
}
int __open_2(const char *path, int flags)
{
	return open_at(AT_FDCWD, path, flags, 0);
}
int __open64_2(const char *path, int flags)
{
	return open_at(AT_FDCWD, path, flags, 0);
}
int __openat_2(int dir, const char *path, int flags)
{
	return open_at(dir, path, flags, 0);
}
int __openat64_2(int dir, const char *path, int flags)
{
	return open_at(dir, path, flags, 0);
}
int creat(const char *path, mode_t mode)
{
	return open_at(AT_FDCWD, path, O_CREAT | O_WRONLY | O_TRUNC, mode);
}

int socket(int a, int b, int c)
{
	return fails(FAULT_OPEN) ? -1 : (int)syscall(SYS_socket, a, b, c);
}
int accept4(int fd, struct sockaddr *a, socklen_t *n, int flags)
{
	return fails(FAULT_OPEN) ? -1 : (int)syscall(SYS_accept4, fd, a, n, flags);
}
int accept(int fd, struct sockaddr *a, socklen_t *n)
{
	return accept4(fd, a, n, 0);
}
int pipe2(int fd[2], int flags)
{
	return fails(FAULT_OPEN) ? -1 : (int)syscall(SYS_pipe2, fd, flags);
}
int pipe(int fd[2])
{
	return pipe2(fd, 0);
}
int socketpair(int a, int b, int c, int fd[2])
{
	return fails(FAULT_OPEN) ? -1 : (int)syscall(SYS_socketpair, a, b, c, fd);
}
int connect(int fd, const struct sockaddr *a, socklen_t n)
{
	return fails(FAULT_CONNECT) ? -1 : (int)syscall(SYS_connect, fd, a, n);
}

/* ---- reading and writing ---- */

static ssize_t read_from(int fd, void *p, size_t n)
{
	if (fails(FAULT_READ)) {
		if (!is_short())
			return -1;
		n = n > 1;
	}
	return syscall(SYS_read, fd, p, n);
}

ssize_t read(int fd, void *p, size_t n)
{
	return read_from(fd, p, n);
}
ssize_t __read_chk(int fd, void *p, size_t n, size_t have)
{
	(void)have;
	return read_from(fd, p, n);
}

static ssize_t read_at(int fd, void *p, size_t n, off_t at)
{
	if (fails(FAULT_READ)) {
		if (!is_short())
			return -1;
		n = n > 1;
	}
	return syscall(SYS_pread64, fd, p, n, at);
}

ssize_t pread(int fd, void *p, size_t n, off_t at)
{
	return read_at(fd, p, n, at);
}
ssize_t pread64(int fd, void *p, size_t n, off_t at)
{
	return read_at(fd, p, n, at);
}
ssize_t __pread_chk(int fd, void *p, size_t n, off_t at, size_t have)
{
	(void)have;
	return read_at(fd, p, n, at);
}
ssize_t __pread64_chk(int fd, void *p, size_t n, off_t at, size_t have)
{
	(void)have;
	return read_at(fd, p, n, at);
}

static ssize_t receive(int fd, void *p, size_t n, int flags, void *a, socklen_t *len)
{
	if (fails(FAULT_READ)) {
		if (!is_short())
			return -1;
		n = n > 1;
	}
	return syscall(SYS_recvfrom, fd, p, n, flags, a, len);
}

ssize_t recv(int fd, void *p, size_t n, int flags)
{
	return receive(fd, p, n, flags, NULL, NULL);
}
ssize_t __recv_chk(int fd, void *p, size_t n, size_t have, int flags)
{
	(void)have;
	return receive(fd, p, n, flags, NULL, NULL);
}
ssize_t recvfrom(int fd, void *p, size_t n, int flags, struct sockaddr *a, socklen_t *len)
{
	return receive(fd, p, n, flags, a, len);
}

static ssize_t write_to(int fd, const void *p, size_t n)
{
	if (fd != STDERR_FILENO && fails(FAULT_WRITE)) {
		if (!is_short())
			return -1;
		n = n > 1;
	}
	return syscall(SYS_write, fd, p, n);
}

ssize_t write(int fd, const void *p, size_t n)
{
	return write_to(fd, p, n);
}

static ssize_t write_at(int fd, const void *p, size_t n, off_t at)
{
	if (fails(FAULT_WRITE)) {
		if (!is_short())
			return -1;
		n = n > 1;
	}
	return syscall(SYS_pwrite64, fd, p, n, at);
}

ssize_t pwrite(int fd, const void *p, size_t n, off_t at)
{
	return write_at(fd, p, n, at);
}
ssize_t pwrite64(int fd, const void *p, size_t n, off_t at)
{
	return write_at(fd, p, n, at);
}

ssize_t writev(int fd, const struct iovec *v, int n)
{
	if (fails(FAULT_WRITE)) {
		if (!is_short())
			return -1;
		return n > 0 ? syscall(SYS_write, fd, v->iov_base, v->iov_len > 1) : 0;
	}
	return syscall(SYS_writev, fd, v, n);
}

ssize_t sendto(int fd, const void *p, size_t n, int flags, const struct sockaddr *a,
	       socklen_t len)
{
	if (fails(FAULT_WRITE)) {
		if (!is_short())
			return -1;
		n = n > 1;
	}
	return syscall(SYS_sendto, fd, p, n, flags, a, len);
}
ssize_t send(int fd, const void *p, size_t n, int flags)
{
	return sendto(fd, p, n, flags, NULL, 0);
}

ssize_t sendmsg(int fd, const struct msghdr *m, int flags)
{
	if (fails(FAULT_WRITE)) {
		if (!is_short())
			return -1;
		return sendto(fd, m->msg_iov->iov_base, m->msg_iov->iov_len > 1, flags,
			      m->msg_name, m->msg_namelen);
	}
	return syscall(SYS_sendmsg, fd, m, flags);
}

/* ---- what makes files last ---- */

int fsync(int fd)
{
	return fails(FAULT_SYNC) ? -1 : (int)syscall(SYS_fsync, fd);
}
int fdatasync(int fd)
{
	return fails(FAULT_SYNC) ? -1 : (int)syscall(SYS_fdatasync, fd);
}
int ftruncate(int fd, off_t n)
{
	return fails(FAULT_SYNC) ? -1 : (int)syscall(SYS_ftruncate, fd, n);
}
int ftruncate64(int fd, off_t n)
{
	return fails(FAULT_SYNC) ? -1 : (int)syscall(SYS_ftruncate, fd, n);
}
int rename(const char *a, const char *b)
{
	return fails(FAULT_SYNC) ? -1 : (int)syscall(SYS_rename, a, b);
}
int unlink(const char *path)
{
	return fails(FAULT_SYNC) ? -1 : (int)syscall(SYS_unlink, path);
}

/*
 * Streams.  libc's own read with system calls that nobody can stand in front of, so
 * these are streams over the functions above, and so is standard output.
 */

struct stream {
	struct stream *next;
	FILE *f;
	int fd;
};

static struct stream *streams;

static ssize_t stream_read(void *s, char *p, size_t n)
{
	return read_from(((struct stream *)s)->fd, p, n);
}

/* An error is 0 here: fopencookie(3). */
static ssize_t stream_write(void *s, const char *p, size_t n)
{
	size_t put = 0;

	while (put < n) { /* libc does not go on after less; its own streams do */
		ssize_t k = write_to(((struct stream *)s)->fd, p + put, n - put);

		if (k <= 0)
			return 0;
		put += (size_t)k;
	}
	return (ssize_t)n;
}

static int stream_seek(void *s, off64_t *at, int whence)
{
	off64_t to = syscall(SYS_lseek, ((struct stream *)s)->fd, *at, whence);

	if (to < 0)
		return -1;
	*at = to;
	return 0;
}

static int stream_close(void *p)
{
	struct stream *s = p, **at = &streams;
	int fd = s->fd;

	take_lock();
	while (*at != s)
		at = &(*at)->next;
	*at = s->next;
	drop_lock();
	munmap(s, sizeof(*s));
	return (int)syscall(SYS_close, fd);
}

static FILE *stream_on(int fd, const char *mode)
{
	static const cookie_io_functions_t io = {stream_read, stream_write, stream_seek,
						 stream_close};
	struct stream *s = mmap(NULL, sizeof(*s), PROT_READ | PROT_WRITE,
				MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (s == MAP_FAILED)
		return NULL;
	s->fd = fd;
	if (!(s->f = fopencookie(s, mode, io))) {
		munmap(s, sizeof(*s));
		errno = ENOMEM;
		return NULL;
	}
	take_lock();
	s->next = streams;
	streams = s;
	drop_lock();
	return s->f;
}

FILE *fdopen(int fd, const char *mode)
{
	return stream_on(fd, mode);
}

FILE *fopen(const char *path, const char *mode)
{
	int flags = strchr(mode, '+') ? O_RDWR : *mode == 'r' ? O_RDONLY : O_WRONLY;
	int fd;
	FILE *f;

	flags |= *mode == 'w' ? O_CREAT | O_TRUNC : *mode == 'a' ? O_CREAT | O_APPEND : 0;
	flags |= strchr(mode, 'e') ? O_CLOEXEC : 0;
	flags |= strchr(mode, 'x') ? O_EXCL : 0;
	if ((fd = open_at(AT_FDCWD, path, flags, 0666)) < 0)
		return NULL;
	if (!(f = stream_on(fd, mode)))
		syscall(SYS_close, fd);
	return f;
}

FILE *fopen64(const char *path, const char *mode)
{
	return fopen(path, mode);
}

/* libc's own standard output can be flushed when it has been closed, and libstdc++ does. */
int fclose(FILE *f)
{
	static int (*next)(FILE *);
	bool flushed;

	if (page && f == stdout) {
		flushed = fflush(f) == 0;
		return syscall(SYS_close, STDOUT_FILENO) == 0 && flushed ? 0 : EOF;
	}
	if (!next)
		next = (int (*)(FILE *))dlsym(RTLD_NEXT, "fclose");
	return next(f);
}

int fileno(FILE *f)
{
	int fd = -1;

	if (f == stdin)
		return STDIN_FILENO;
	if (f == stderr)
		return STDERR_FILENO;
	take_lock();
	for (struct stream *s = streams; s && fd < 0; s = s->next)
		if (s->f == f)
			fd = s->fd;
	drop_lock();
	if (fd < 0)
		errno = EBADF;
	return fd;
}

/* ---- time ---- */

static long speed(void)
{
	return page && page->speed > 1 ? page->speed : 1;
}

int clock_gettime(clockid_t id, struct timespec *t)
{
	static struct timespec first;
	int got = (int)syscall(SYS_clock_gettime, id, t);
	int64_t ns;

	if (got || speed() == 1 || id == CLOCK_REALTIME || id == CLOCK_REALTIME_COARSE ||
	    id == CLOCK_PROCESS_CPUTIME_ID || id == CLOCK_THREAD_CPUTIME_ID)
		return got;
	if (!first.tv_sec)
		first = *t;
	ns = (int64_t)(t->tv_sec - first.tv_sec) * 1000000000 + (t->tv_nsec - first.tv_nsec);
	ns *= speed();
	ns += first.tv_nsec;
	t->tv_sec = first.tv_sec + ns / 1000000000;
	t->tv_nsec = ns % 1000000000;
	return 0;
}

static int shorter(int ms)
{
	return ms <= 0 ? ms : (int)((ms + speed() - 1) / speed());
}

int poll(struct pollfd *fds, nfds_t n, int ms)
{
	return (int)syscall(SYS_poll, fds, n, shorter(ms));
}
int __poll_chk(struct pollfd *fds, nfds_t n, int ms, size_t have)
{
	(void)have;
	return poll(fds, n, ms);
}

int nanosleep(const struct timespec *t, struct timespec *left)
{
	int64_t ns = ((int64_t)t->tv_sec * 1000000000 + t->tv_nsec) / speed();
	struct timespec s = {ns / 1000000000, ns % 1000000000};

	return (int)syscall(SYS_nanosleep, &s, left);
}

/* ---- the beginning ---- */

static int (*real_main)(int, char **, char **);

static int begin(int argc, char **argv, char **envp)
{
	const char *path = getenv("TORTURE_PAGE");
	const char *name = strrchr(argv[0], '/');
	void *at[2];
	int fd;

	name = name ? name + 1 : argv[0];
	fd = path ? (int)syscall(SYS_openat, AT_FDCWD, path, O_RDWR | O_CLOEXEC) : -1;
	if (fd >= 0) {
		page = mmap(NULL, sizeof(*page), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
		syscall(SYS_close, fd);
		if (page == MAP_FAILED || strcmp(page->tool, name) != 0)
			page = NULL;
	}
	if (page) {
		backtrace(at, 2); /* loads what it needs */
		trace_makers = getenv("TORTURE_TRACE") != NULL;
		stdout = stream_on(STDOUT_FILENO, "w");
		atexit(look);
		counting = true;
	}
	return real_main(argc, argv, envp);
}

int __libc_start_main(int (*main)(int, char **, char **), int argc, char **argv,
		      void (*init)(void), void (*fini)(void), void (*rtld_fini)(void),
		      void *stack_end)
{
	__typeof__(&__libc_start_main) next =
		(__typeof__(&__libc_start_main))dlsym(RTLD_NEXT, "__libc_start_main");

	real_main = main;
	return next(begin, argc, argv, init, fini, rtld_fini, stack_end);
}
