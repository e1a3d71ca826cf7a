/* A C program that uses the FluentAI library bank.flu, from two threads at once. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "bank.h"

/* Ends the program after a failure that was not expected. */
static void check(flu_failure *f) {
    if (f == NULL) return;
    fprintf(stderr, "%s: %s\n%s", f->kind, f->message, f->trace);
    exit(1);
}

/* Prints what a call has given, and releases it. */
static void show(const char *what, flu_failure *f, flu_any result) {
    flu_any text = flu_any_nil();
    check(f);
    check(flu_any_repr(result, &text));
    printf("%s: %s\n", what, text.as.text);
    flu_any_release(&text);
    flu_any_release(&result);
}

/* An error has a kind, a message and a trace; and the thrown value. */
static void show_failure(const char *what, flu_failure *f) {
    if (f == NULL) {
        printf("%s: no failure\n", what);
        return;
    }
    printf("%s: %s: %s%s\n", what, f->kind, f->message, f->trace[0] != '\0' ? ", with a trace" : "");
    flu_failure_release(f);
}

static flu_any account; /* a handle, used by both threads */

static void *deposit(void *data) {
    (void)data;
    for (int i = 0; i < 500; i++) {
        flu_any one = flu_any_int(1), earned;
        check(flu_any_send(account, flu_any_tagged("deposit", &one, 1)));
        check(bank_interest(flu_any_int(i), &earned));
        if (earned.kind != FLU_ANY_FLOAT || earned.as.real != i * 0.25) exit(2);
    }
    return NULL;
}

static void deposit_from_two_threads(void) {
    pthread_t threads[2];
    for (int i = 0; i < 2; i++) pthread_create(&threads[i], NULL, deposit, NULL);
    for (int i = 0; i < 2; i++) pthread_join(threads[i], NULL);
}

static void show_results(void) {
    flu_any result, names[] = {flu_any_string("Grace"), flu_any_string("Edsger")};
    flu_failure *f = bank_interest_rate(&result);
    show("rate", f, result);
    f = bank_interest(flu_any_int(1000), &result);
    show("interest", f, result);
    f = bank_join_names(flu_any_string("Ada"), 2, names, &result);
    show("names", f, result);

    flu_any promise;
    check(bank_slow_double(flu_any_int(21), &promise));
    f = flu_any_await(promise, 10000, &result);
    show("awaited", f, result);
    flu_any_release(&promise);
}

static void show_accounts(void) {
    flu_any other, balances, balance;
    flu_failure *f = flu_any_ask(account, flu_any_symbol("balance"), 10000, &balance);
    show("balance", f, balance);
    check(bank_make_account(&other));
    check(bank_transfer(account, other, flu_any_int(300), &balances));
    f = flu_any_nth(balances, 1, &balance);
    show("other", f, balance);
    show("both", NULL, balances);
    show_failure("too much", bank_transfer(account, other, flu_any_int(5000), NULL));
    f = flu_any_ask(other, flu_any_symbol("never-answered"), 20, NULL);
    printf("too late: %s\n", f != NULL ? f->kind : "no failure");
    flu_failure_release(f);
    flu_any_release(&other);
}

int main(int argc, char **argv) {
    check(flu_library_start(&bank_library, argc, argv));
    show_results();
    check(bank_make_account(&account));
    deposit_from_two_threads();
    show_accounts();
    show_failure("wrong", bank_interest(flu_any_string("much"), NULL));
    show_failure("thrown", bank_risky(flu_any_keyword("k"), NULL));
    show_failure("not UTF-8", bank_risky(flu_any_string("\xff"), NULL));
    flu_any_release(&account);
    flu_library_stop(1000);
    show_failure("after the end", bank_interest(flu_any_int(1), NULL));
    return 0;
}
