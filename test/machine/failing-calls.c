// Preloaded: as the file INPOD_TEST_FAILING says at any moment, in two numbers of 4 bytes, writes below the folder INPOD_TEST_BELOW and
// new processes fail, with these errors.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

static int32_t failing(int which) {
  static volatile int32_t none[2], *errors;
  if (!errors) {
    const char *path = getenv("INPOD_TEST_FAILING");
    int file = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
    void *page = file < 0 ? MAP_FAILED : mmap(0, sizeof none, PROT_READ, MAP_SHARED, file, 0);
    if (file >= 0) close(file);
    errors = page == MAP_FAILED ? none : page;
  }
  return errors[which];
}

static int is_below(const char *path) {
  const char *folder = getenv("INPOD_TEST_BELOW");
  return folder && path && strncmp(path, folder, strlen(folder)) == 0;
}

static int may_write(int file) {
  char link[64], path[4096];
  if (!getenv("INPOD_TEST_BELOW") || !failing(0)) return 1;
  snprintf(link, sizeof link, "/proc/self/fd/%d", file);
  ssize_t length = readlink(link, path, sizeof path - 1);
  if (length < 0) return 1;
  path[length] = 0;
  return !is_below(path);
}

static int may_make(const char *path) { return !is_below(path) || !failing(0); }

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))
#define REFUSE(which) return errno = failing(which), -1

ssize_t write(int file, const void *bytes, size_t count) {
  if (!may_write(file)) REFUSE(0);
  return REAL(write)(file, bytes, count);
}

ssize_t writev(int file, const struct iovec *parts, int count) {
  if (!may_write(file)) REFUSE(0);
  return REAL(writev)(file, parts, count);
}

#define POSITIONED(name, type, count_type)                             \
  ssize_t name(int file, type bytes, count_type count, off_t at) {     \
    if (!may_write(file)) REFUSE(0);                                   \
    return REAL(name)(file, bytes, count, at);                         \
  }
POSITIONED(pwrite, const void *, size_t)
POSITIONED(pwrite64, const void *, size_t)
POSITIONED(pwritev, const struct iovec *, int)
POSITIONED(pwritev64, const struct iovec *, int)

#define OPENING(name)                                                  \
  int name(const char *path, int flags, ...) {                         \
    va_list more;                                                      \
    va_start(more, flags);                                             \
    mode_t mode = va_arg(more, mode_t);                                \
    va_end(more);                                                      \
    if ((flags & O_CREAT) && access(path, F_OK) && !may_make(path)) REFUSE(0); \
    return REAL(name)(path, flags, mode);                              \
  }
OPENING(open)
OPENING(open64)

int mkdir(const char *path, mode_t mode) {
  if (!may_make(path)) REFUSE(0);
  return REAL(mkdir)(path, mode);
}

char *mkdtemp(char *template) {
  if (!may_make(template)) return errno = failing(0), NULL;
  return REAL(mkdtemp)(template);
}

pid_t fork(void) {
  if (failing(1)) REFUSE(1);
  return REAL(fork)();
}

int clone(int (*function)(void *), void *stack, int flags, void *argument, ...) {
  va_list more;
  va_start(more, argument);
  void *parent = va_arg(more, void *), *tls = va_arg(more, void *), *child = va_arg(more, void *);
  va_end(more);
  if (failing(1)) REFUSE(1);
  return REAL(clone)(function, stack, flags, argument, parent, tls, child);
}
