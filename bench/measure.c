/* measure FD CPU KIB COMMAND ...: runs the command pinned to one CPU (-1: to none), and writes a line to file
 * descriptor FD: exit status, wall, user and system microseconds, peak resident KiB. A small process of its own,
 * because a child's peak counts from the memory of whoever forked it.
 *
 * Before that KIB of memory are touched and freed. Hypervisors take memory that a guest has left free for some seconds,
 * and give it back when it is touched, for ten times the cost of clearing it: that depends on what ran before, and
 * would be charged to the command. */
#define _GNU_SOURCE
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static long micros(struct timeval t) { return t.tv_sec * 1000000L + t.tv_usec; }

static long now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000000L + t.tv_nsec / 1000;
}

static void pin(int cpu) {
    cpu_set_t cpus;
    CPU_ZERO(&cpus);
    CPU_SET(cpu, &cpus);
    sched_setaffinity(0, sizeof cpus, &cpus);
}

#define HUGE_PAGE ((size_t)2 << 20)

/* In huge pages, as far as there are any: that is how memory is taken and given back. */
static void touch(size_t bytes) {
    bytes = (bytes + HUGE_PAGE - 1) & ~(HUGE_PAGE - 1);
    if (bytes == 0) return;
    char *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) return;
    madvise(memory, bytes, MADV_HUGEPAGE);
    for (size_t i = 0; i < bytes; i += 4096) memory[i] = 1;
    munmap(memory, bytes);
}

int main(int argc, char **argv) {
    if (argc < 5) return 2;
    int report = atoi(argv[1]);
    int cpu = atoi(argv[2]);
    if (cpu >= 0) pin(cpu);
    touch((size_t)atoll(argv[3]) << 10);
    long start = now();
    pid_t pid = fork();
    if (pid == 0) {
        close(report);
        execvp(argv[4], argv + 4);
        _exit(127);
    }
    int status;
    struct rusage used;
    if (pid < 0 || wait4(pid, &status, 0, &used) < 0) return 1;
    int code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    dprintf(report, "%d %ld %ld %ld %ld\n", code, now() - start, micros(used.ru_utime), micros(used.ru_stime),
            used.ru_maxrss);
    return 0;
}
