/* SPDX-License-Identifier: MIT */
/**
 * \file
 * For LD_PRELOAD, with a database of SQLite: ends the process with SIGKILL at the n-th change of a file on the disk,
 * before that change, as if the machine had been switched off there. The file that KILL_AT names holds n as a 32-bit
 * number, which counts down; at 0 and below nothing happens.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

static _Atomic int* left;

__attribute__((constructor)) static void Begin(void) {
  const char* path = getenv("KILL_AT");
  const int file = path == NULL ? -1 : open(path, O_RDWR | O_CLOEXEC);
  if (file < 0) return;
  void* shared = mmap(NULL, sizeof(int), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  if (shared != MAP_FAILED) left = shared;
  close(file);
}

static void Step(void) {
  if (left == NULL || atomic_load(left) <= 0) return;
  if (atomic_fetch_sub(left, 1) == 1) raise(SIGKILL);
}

/* What the C library has under that name. */
#define NEXT(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

ssize_t pwrite64(int file, const void* data, size_t size, off64_t offset) {
  Step();
  return NEXT(pwrite64)(file, data, size, offset);
}
int fdatasync(int file) {
  Step();
  return NEXT(fdatasync)(file);
}
int ftruncate64(int file, off64_t size) {
  Step();
  return NEXT(ftruncate64)(file, size);
}
int unlink(const char* path) {
  Step();
  return NEXT(unlink)(path);
}
