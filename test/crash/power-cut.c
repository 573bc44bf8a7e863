/*
 * A disk that forgets what was not synced. Loaded by LD_PRELOAD into a process under test, it keeps for every file
 * below $POWER_CUT_FOLDER a shadow below $POWER_CUT_SHADOW that holds exactly what the process has synced: writes are
 * noted, and fsync or fdatasync copies the noted ranges before it returns. The shadow is what a power cut would leave
 * in the worst case. Deleted files are gone at once (directory entries count as durable).
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FILES = 64, RANGES = 65536 };

struct range { off_t start, end; };
struct file { ino_t inode; size_t count; struct range *ranges; };

static struct file files[FILES];
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

/* The file's path below the watched folder, "" when it is none of ours. */
static const char *watched(int fd, char *path, size_t size) {
  const char *folder = getenv("POWER_CUT_FOLDER");
  char link[64];
  if (folder == NULL) return "";
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t length = readlink(link, path, size - 1);
  if (length < 0) return "";
  path[length] = 0;
  size_t prefix = strlen(folder);
  if (strncmp(path, folder, prefix) != 0 || path[prefix] != '/') return "";
  return path + prefix + 1;
}

static struct file *entry(int fd) {
  struct stat stat;
  if (fstat(fd, &stat) != 0) return NULL;
  for (int i = 0; i < FILES; i++) {
    if (files[i].inode == stat.st_ino) return &files[i];
    if (files[i].inode == 0) {
      files[i].inode = stat.st_ino;
      files[i].ranges = calloc(RANGES, sizeof(struct range));
      return &files[i];
    }
  }
  abort();
}

static void note(int fd, off_t start, ssize_t length) {
  char path[4096];
  if (length <= 0 || *watched(fd, path, sizeof path) == 0) return;
  pthread_mutex_lock(&lock);
  struct file *file = entry(fd);
  if (file == NULL || file->count == RANGES) abort();
  file->ranges[file->count++] = (struct range){start, start + length};
  pthread_mutex_unlock(&lock);
}

static void copy_to_shadow(int fd) {
  static char buffer[1 << 16]; /* under the lock; thread-local it would not fit the smallest of Node's stacks */
  char path[4096], shadow_path[8192];
  const char *name = watched(fd, path, sizeof path);
  struct stat stat;
  if (*name == 0 || fstat(fd, &stat) != 0 || !S_ISREG(stat.st_mode)) return;
  snprintf(shadow_path, sizeof shadow_path, "%s/%s", getenv("POWER_CUT_SHADOW"), name);
  pthread_mutex_lock(&lock);
  struct file *file = entry(fd);
  int shadow = open(shadow_path, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  if (shadow < 0 || file == NULL) abort();
  ssize_t (*real_pwrite)(int, const void *, size_t, off_t) = dlsym(RTLD_NEXT, "pwrite");
  for (size_t i = 0; i < file->count; i++) {
    for (off_t at = file->ranges[i].start; at < file->ranges[i].end;) {
      size_t want = file->ranges[i].end - at < (off_t)sizeof buffer ? (size_t)(file->ranges[i].end - at) : sizeof buffer;
      ssize_t got = pread(fd, buffer, want, at);
      if (got <= 0) break;
      if (real_pwrite(shadow, buffer, (size_t)got, at) != got) abort();
      at += got;
    }
  }
  file->count = 0;
  int (*real_ftruncate)(int, off_t) = dlsym(RTLD_NEXT, "ftruncate");
  if (real_ftruncate(shadow, stat.st_size) != 0) abort();
  close(shadow);
  pthread_mutex_unlock(&lock);
}

ssize_t pwrite(int fd, const void *data, size_t length, off_t at) {
  ssize_t (*real)(int, const void *, size_t, off_t) = dlsym(RTLD_NEXT, "pwrite");
  ssize_t written = real(fd, data, length, at);
  note(fd, at, written);
  return written;
}

ssize_t pwrite64(int fd, const void *data, size_t length, off_t at) { return pwrite(fd, data, length, at); }

ssize_t write(int fd, const void *data, size_t length) {
  ssize_t (*real)(int, const void *, size_t) = dlsym(RTLD_NEXT, "write");
  ssize_t written = real(fd, data, length);
  if (written > 0) {
    off_t end = lseek(fd, 0, SEEK_CUR);
    if (end >= written) note(fd, end - written, written);
  }
  return written;
}

int unlink(const char *path) {
  int (*real)(const char *) = dlsym(RTLD_NEXT, "unlink");
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  char full[4096], shadow_path[8192];
  const char *name = fd < 0 ? "" : watched(fd, full, sizeof full);
  if (*name != 0) {
    pthread_mutex_lock(&lock);
    entry(fd)->count = 0; /* the inode may come back as another file's */
    pthread_mutex_unlock(&lock);
    snprintf(shadow_path, sizeof shadow_path, "%s/%s", getenv("POWER_CUT_SHADOW"), name);
    real(shadow_path);
  }
  if (fd >= 0) close(fd);
  return real(path);
}

int fsync(int fd) {
  int (*real)(int) = dlsym(RTLD_NEXT, "fsync");
  int result = real(fd);
  if (result == 0) copy_to_shadow(fd);
  return result;
}

int fdatasync(int fd) {
  int (*real)(int) = dlsym(RTLD_NEXT, "fdatasync");
  int result = real(fd);
  if (result == 0) copy_to_shadow(fd);
  return result;
}
