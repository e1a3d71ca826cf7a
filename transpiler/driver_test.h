/* driver_test.h: what the two files of flc2c test share: driver_test.c finds the files, decides what runs and reports;
 * driver_test_run.c runs a test program once. */
#ifndef DRIVER_TEST_H
#define DRIVER_TEST_H

#include "driver.h"

typedef enum test_outcome { TEST_NOT_RUN, TEST_PASSED, TEST_FAILED } test_outcome;

/* A deftest, by its number in the order of definition. Arena memory. */
typedef struct test_case {
    const char *name;
    unsigned line;
    test_outcome outcome; /* TEST_FAILED stays; TEST_PASSED is of the present round (one seed) */
    long ms;              /* that it took the last time */
    const char *text;     /* why it failed, lines */
    const char *output;   /* what it printed when it failed */
    bool seeded;          /* it failed under this seed */
    unsigned long seed;
    const char *repeat; /* the command that shows this failure again, or NULL */
} test_case;

typedef struct test_file {
    const char *path, *program; /* program NULL: it does not compile */
    test_case *cases;
    size_t count, capacity;
    const char *problem; /* the program ended outside of its tests: why; NULL: it did not */
    const char *output;  /* that it had printed then */
} test_file;

/* How a program is to be run. */
typedef struct test_plan {
    const driver_options *options;
    bool seeded;
    unsigned long seed;
    size_t only; /* number of the one test that runs; 0: those not run in this round, and not failed before */
    void (*progress)(const test_file *f, const test_case *t); /* t begins; NULL: not asked */
} test_plan;

/* Runs the program once, to its end. Notes the outcome of every test that ran in f->cases; the one in which the program
 * ended, or that hung, has failed. True: tests may be left, to be run by another call. */
bool run_test_program(test_file *f, const test_plan *plan);

/* driver_test_junit.c: the report as XML. */
void junit_add_file(output *out, const test_file *f);
bool junit_write(const char *path, output *suites); /* suites: what junit_add_file made; empty then */

#endif
