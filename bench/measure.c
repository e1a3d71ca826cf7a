/* measure FD CPU COMMAND ...: runs the command pinned to one CPU (-1: to none), and writes a line to file descriptor
 * FD: exit status, wall, user and system microseconds, peak resident KiB. A small process of its own, because a child's
 * peak counts from the memory of whoever forked it. */
#define _GNU_SOURCE
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
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

int main(int argc, char **argv) {
    if (argc < 4) return 2;
    int report = atoi(argv[1]);
    int cpu = atoi(argv[2]);
    if (cpu >= 0) pin(cpu);
    long start = now();
    pid_t pid = fork();
    if (pid == 0) {
        close(report);
        execvp(argv[3], argv + 3);
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
