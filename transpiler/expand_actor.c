/* expand_actor.c: actor, define-actor, spawn-actor, receive.
 *
 * (define-actor (name params ...) part ...) defines a procedure that gives a behaviour (%behaviour): procedures for the
 * first state, the messages, the start and the end, all closed over the parameters. spawn-actor makes the call of that
 * procedure a procedure of its own, for the runtime to call when the actor starts. */
#include <string.h>

#include "expand.h"

/* ---- options ---- */

static option *find_option(option *options, size_t count, const char *name) {
    for (size_t i = 0; i < count; i++)
        if (strcmp(options[i].name, name) == 0) return &options[i];
    return NULL;
}

static const char *option_list(const option *options, size_t count) {
    const char *text = "";
    for (size_t i = 0; i < count; i++) text = arena_printf("%s%s:%s", text, i ? " " : "", options[i].name);
    return text;
}

static void report_no_option(expander *x, const char *form, const datum *key, const option *options, size_t count) {
    if (key->kind != DATUM_KEYWORD) {
        diag_error(x->d, E0163, key->at, "an option of %s is expected here, not %s", form, datum_text(key, 40));
        diag_hint(x->d, "the options are %s, each followed by its value", option_list(options, count));
        return;
    }
    const char **names = NEW_ARRAY(const char *, count);
    for (size_t i = 0; i < count; i++) names[i] = options[i].name;
    const char *near = did_you_mean(key->text, names, count);
    diag_error(x->d, E0163, key->at, "%s has no option :%s", form, key->text);
    if (near)
        diag_hint(x->d, "did you mean `:%s`?", near);
    else
        diag_hint(x->d, "the options are %s", option_list(options, count));
}

static void take_option(expander *x, const char *form, option *o, datum *key, datum *value) {
    if (o->key) {
        diag_error(x->d, E0163, key->at, "%s has a second :%s", form, o->name);
        diag_note_at(x->d, o->key->at, "the first one");
        return;
    }
    o->key = key;
    o->value = value;
}

void read_options(expander *x, const char *form, datum **items, size_t count, option *options, size_t option_count) {
    for (size_t i = 0; i < count; i++) {
        datum *key = items[i];
        option *o = key->kind == DATUM_KEYWORD ? find_option(options, option_count, key->text) : NULL;
        if (!o) {
            report_no_option(x, form, key, options, option_count);
            if (key->kind == DATUM_KEYWORD) i++;
        } else if (++i == count) {
            diag_error(x->d, E0163, key->at, "the option :%s has no value", key->text);
            diag_hint(x->d, "write :%s followed by an expression", key->text);
        } else {
            take_option(x, form, o, key, items[i]);
        }
    }
}

/* ---- clauses on messages ---- */

typedef struct message_clauses {
    match_clause *clauses;
    size_t count;
    datum *after; /* (after ms body ...), or NULL */
} message_clauses;

static const char receive_usage[] = "write (receive (pattern body ...) ... (after ms body ...))";

static bool report_clause(expander *x, span at, const char *what, const char *hint) {
    diag_error(x->d, E0161, at, "%s", what);
    diag_hint(x->d, "%s", hint);
    return false;
}

static void read_after(expander *x, datum *clause, message_clauses *out) {
    if (out->after) {
        diag_error(x->d, E0121, clause->at, "receive has a second after clause");
        diag_note_at(x->d, out->after->at, "the first one");
        return;
    }
    if (clause->count < 2)
        report_clause(x, clause->at, "the after clause has no duration", "write (after ms body ...), in milliseconds");
    else
        out->after = clause;
}

/* A name that would match everything, where after was meant. */
static void check_timeout(expander *x, const datum *clause) {
    if (!is_headed(clause, "timeout") || clause->count < 3) return;
    diag_warning(x->d, W0116, clause->items[0]->at, "timeout is a name here, which any message matches");
    diag_hint(x->d, "write (after ms body ...)");
}

static void read_clause(expander *x, datum *clause, message_clauses *out) {
    if (clause->kind != DATUM_LIST || clause->tail) {
        report_clause(x, clause->at, arena_printf("a clause is a list in parentheses, not %s", datum_text(clause, 40)),
                      receive_usage);
        return;
    }
    if (is_headed(clause, "after")) {
        read_after(x, clause, out);
        return;
    }
    if (out->after) {
        report_clause(x, clause->at, "this clause stands behind the after clause", "the after clause stands last");
        diag_note_at(x->d, out->after->at, "the after clause");
    }
    check_timeout(x, clause);
    match_clause *c = &out->clauses[out->count];
    if (parse_clause(x, clause->items, clause->count, clause->at, false, c)) out->count++;
}

static message_clauses read_clauses(expander *x, datum *form) {
    message_clauses out = {.clauses = NEW_ARRAY(match_clause, form->count)};
    size_t errors = diag_error_count(x->d);
    for (size_t i = 1; i < form->count; i++) read_clause(x, form->items[i], &out);
    if (form->count == 1)
        report_clause(x, form->at, "receive has no clauses", receive_usage);
    else if (diag_error_count(x->d) == errors)
        check_coverage(x, out.clauses, out.count, false, form->at);
    return out;
}

/* ---- what they take ---- */

static void add_shape(message_shapes *shapes, const pattern *p) {
    message_shape shape = {intern_cstr(name_base(p->name)), p->count};
    PUSH(shapes->items, shapes->count, shapes->capacity, shape);
}

static void note_shapes(message_shapes *shapes, const pattern *p) {
    switch (p->kind) {
    case PATTERN_TAG: add_shape(shapes, p); break;
    case PATTERN_AS:
    case PATTERN_WHEN: note_shapes(shapes, p->subs[0]); break;
    case PATTERN_OR:
        for (size_t i = 0; i < p->count; i++) note_shapes(shapes, p->subs[i]);
        break;
    case PATTERN_LITERAL:
    case PATTERN_EMPTY:
    case PATTERN_CONS:
    case PATTERN_DICT:
    case PATTERN_RANGE: break; /* no tagged value */
    default: shapes->any = true;
    }
}

static message_shapes *shapes_of(const message_clauses *c, span at) {
    message_shapes *shapes = NEW(message_shapes);
    shapes->at = at;
    for (size_t i = 0; i < c->count; i++) note_shapes(shapes, c->clauses[i].pattern);
    return shapes;
}

/* ---- receive ---- */

static core *jump_to(label *l, span at) { return core_jump(l, NEW_ARRAY(core *, 1), 0, at); }

/* loop: m = the next message of the scan; a clause that matches takes it out of the mailbox before its body runs. */
core *expand_receive(expander *x, datum *form) {
    span at = form->at;
    message_clauses c = read_clauses(x, form);
    const datum *after = c.after;
    note_received(x->tags, shapes_of(&c, at));
    core *ms = after ? expand_form(x, after->items[1]) : core_prim0("%undef", at);
    label *loop = label_new("receive", 0);
    loop->is_loop = true;
    var *m = var_temp(at);
    for (size_t i = 0; i < c.count; i++) c.clauses[i].prelude = "%receive-take";
    core *code = compile_clauses(x, c.clauses, c.count, m, jump_to(loop, at));
    if (after) {
        core *expired = expand_body(x, after->items + 2, after->count - 2, after->at);
        code = core_if(core_prim1("%absent?", core_local(m, at), at), expired, code, at);
    }
    loop->body = core_let(m, core_prim0("%receive-next", at), code, at);
    core *wait = core_label(loop, jump_to(loop, at), at);
    return core_seq2(core_prim1("%receive-begin", ms, at), wait, at);
}

/* ---- actor ---- */

static void check_handler(expander *x, const datum *form, const core *handler) {
    if (handler->kind != CORE_LAMBDA) return;
    const lambda *fn = handler->fn;
    if (fn->required <= 2 && (fn->rest || fn->required + fn->optional >= 2)) return;
    diag_error(x->d, E0160, form->items[2]->at, "the handler of an actor takes 2 arguments, the state and the message");
    diag_hint(x->d, "write %s", call_form_find("actor")->usage);
}

core *expand_actor(expander *x, datum *form) {
    core *init = expand_form(x, form->items[1]);
    core *handler = expand_form(x, form->items[2]);
    check_handler(x, form, handler);
    return core_prim3("%actor", init, handler, site_string(form->at), form->at);
}

/* ---- define-actor: reading the parts ---- */

typedef struct actor_parts {
    datum *state, *receive, *on_start, *on_stop, *mailbox;
} actor_parts;

static void report_part(expander *x, span at, const char *what, const char *hint) {
    diag_error(x->d, E0160, at, "%s", what);
    diag_hint(x->d, "%s", hint);
}

static const char *const part_names[] = {"state", "receive", "on-start", "on-stop", "mailbox"};
enum { PART_COUNT = sizeof part_names / sizeof *part_names };

static datum **find_part(actor_parts *parts, const char *name) {
    datum **places[PART_COUNT] = {&parts->state, &parts->receive, &parts->on_start, &parts->on_stop, &parts->mailbox};
    for (size_t i = 0; i < PART_COUNT; i++)
        if (strcmp(part_names[i], name) == 0) return places[i];
    return NULL;
}

/* Perhaps a parameter list, as define-async has it. */
static bool only_names(const datum *d) {
    if (d->kind != DATUM_LIST) return false;
    for (size_t i = 0; i < d->count; i++)
        if (!is_name(d->items[i])) return false;
    return true;
}

static void report_unknown_part(expander *x, const datum *d) {
    const bool headed = d->kind == DATUM_LIST && d->count > 0 && is_name(d->items[0]);
    const char *near = headed ? did_you_mean(d->items[0]->text, part_names, PART_COUNT) : NULL;
    const char *hint =
        near ? arena_printf("did you mean `(%s ...)`?", near)
        : only_names(d)
            ? "parameters stand beside the name: (define-actor (name x y) ...)"
            : "the parts are (state init), (on-start body ...), (on-stop reason body ...), (mailbox n :block) "
              "and (receive (pattern body ...) ...)";
    report_part(x, d->at, arena_printf("%s is no part of an actor", datum_text(d, 40)), hint);
}

static void read_part(expander *x, datum *d, actor_parts *parts) {
    bool headed = d->kind == DATUM_LIST && d->count > 0 && !d->tail && is_name(d->items[0]);
    datum **place = headed ? find_part(parts, d->items[0]->text) : NULL;
    if (!place) {
        report_unknown_part(x, d);
    } else if (*place) {
        diag_error(x->d, E0121, d->at, "the actor has a second %s", d->items[0]->text);
        diag_note_at(x->d, (*place)->at, "the first one");
    } else {
        *place = d;
    }
}

static actor_parts read_parts(expander *x, const lambda_form *f) {
    actor_parts parts = {0};
    size_t errors = diag_error_count(x->d);
    for (size_t i = 0; i < f->body_count; i++) read_part(x, f->body[i], &parts);
    if (!parts.receive && diag_error_count(x->d) == errors)
        report_part(x, f->at, arena_printf("the actor %s has no receive", f->name),
                    "write (receive (pattern body ...) ...) as its last part");
    return parts;
}

/* ---- define-actor: the procedures of a behaviour ---- */

/* A procedure of the actor; its body finds self bound, and state too if it has parameters, the first of which that is.
 */
typedef struct actor_procedure {
    lambda *fn;
    const binding *mark;
    binding *self;
    deferral own;
} actor_procedure;

static binding *bind_implicit(expander *x, const char *name, implicit kind, span at) {
    const char *interned = intern_cstr(name);
    binding *b = scope_bind(x, interned, var_new(interned, at));
    b->implicit = kind;
    return b;
}

static void enter_procedure(expander *x, actor_procedure *p, const char *name, size_t params, span at) {
    *p = (actor_procedure){.fn = NEW(lambda), .mark = x->scope};
    *p->fn = (lambda){.name = name, .at = at, .params = NEW_ARRAY(var *, params + 1), .required = params};
    deferral_enter(x, &p->own);
    p->self = bind_implicit(x, "self", IMPLICIT_SELF, at);
    if (params) p->fn->params[0] = bind_implicit(x, "state", IMPLICIT_STATE, at)->var;
}

static core *leave_procedure(expander *x, const actor_procedure *p, core *body) {
    span at = p->fn->at;
    body = deferral_leave(x, body, at);
    scope_leave(x, p->mark);
    p->fn->body = p->self->used ? core_let(p->self->var, core_prim0("self", at), body, at) : body;
    return core_lambda(p->fn, at);
}

/* (state init): a procedure that gives the initial state, or, where that needs no evaluation, a list of it: such an
 * actor needs no task to start in. */
static core *init_procedure(expander *x, const char *name, const datum *part, span at) {
    actor_procedure p;
    enter_procedure(x, &p, arena_printf("%s state", name), 0, part ? part->at : at);
    if (!part) {
        leave_procedure(x, &p, core_nil(at));
        return core_prim1("%list", core_nil(at), at);
    }
    if (part->count != 2)
        report_part(x, part->at, arena_printf("state takes one expression, but has %zu", part->count - 1),
                    part->count == 1 ? "write (state nil) if there is none yet"
                                     : "write (state expression); for several values use a dict, a list or a record");
    core *init = part->count > 1 ? expand_form(x, part->items[1]) : core_nil(at);
    core *procedure = leave_procedure(x, &p, init);
    return init->kind == CORE_CONST ? core_prim1("%list", init, at) : procedure;
}

/* (receive clause ...) */
static core *handler_procedure(expander *x, const char *name, datum *part, span at) {
    actor_procedure p;
    enter_procedure(x, &p, name, 2, part ? part->at : at);
    var *message = p.fn->params[1] = var_temp(p.fn->at);
    message_clauses c = part ? read_clauses(x, part) : (message_clauses){0};
    p.fn->takes = shapes_of(&c, p.fn->at);
    if (c.after)
        report_clause(x, c.after->at, "the receive of a define-actor cannot time out",
                      "use (send-after ms self (tag ...)), or a receive inside of a clause");
    core *dead = core_prim1("%dead-message", core_local(message, p.fn->at), p.fn->at);
    return leave_procedure(x, &p, compile_clauses(x, c.clauses, c.count, message, dead));
}

/* (on-start body ...) */
static core *start_procedure(expander *x, const char *name, const datum *part, span at) {
    if (!part) return core_nil(at);
    actor_procedure p;
    enter_procedure(x, &p, arena_printf("%s on-start", name), 1, part->at);
    return leave_procedure(x, &p, expand_body(x, part->items + 1, part->count - 1, part->at));
}

/* (on-stop reason body ...) */
static core *stop_procedure(expander *x, const char *name, const datum *part, span at) {
    if (!part) return core_nil(at);
    if (part->count < 2 || !is_name(part->items[1])) {
        report_part(x, part->count < 2 ? part->at : part->items[1]->at, "on-stop begins with a name for the reason",
                    "write (on-stop reason body ...), or (on-stop _ body ...)");
        return core_nil(at);
    }
    const datum *reason = part->items[1];
    actor_procedure p;
    enter_procedure(x, &p, arena_printf("%s on-stop", name), 2, part->at);
    p.fn->params[1] = var_new(reason->text, reason->at);
    scope_bind(x, reason->text, p.fn->params[1]);
    return leave_procedure(x, &p, expand_body(x, part->items + 2, part->count - 2, part->at));
}

/* ---- define-actor: the mailbox ---- */

static const char *const policies[] = {"block", "drop-newest", "drop-oldest", "error"};
enum { POLICY_COUNT = sizeof policies / sizeof *policies };

static core *mailbox_policy(expander *x, const datum *d) {
    for (size_t i = 0; d->kind == DATUM_KEYWORD && i < POLICY_COUNT; i++)
        if (strcmp(d->text, policies[i]) == 0) return core_quote_symbol(d->text, d->at);
    bool word = d->kind == DATUM_KEYWORD || is_name(d);
    const char *near = word ? did_you_mean(d->text, policies, POLICY_COUNT) : NULL;
    for (size_t i = 0; is_name(d) && i < POLICY_COUNT; i++)
        if (strcmp(d->text, policies[i]) == 0) near = d->text;
    report_part(x, d->at, arena_printf("%s is no policy of a full mailbox", datum_text(d, 40)),
                near ? arena_printf("did you mean `:%s`?", near)
                     : "write :block, :drop-newest, :drop-oldest or :error");
    return core_nil(d->at);
}

static core *mailbox_limit(expander *x, datum *d) {
    core *limit = expand_form(x, d);
    bool bad = limit->kind == CORE_CONST && (limit->datum->kind != DATUM_INT || limit->datum->i < 1);
    if (bad)
        report_part(x, d->at, arena_printf("a mailbox holds a number of messages, not %s", datum_text(d, 40)),
                    "write (mailbox 100 :block), with an int from 1 on");
    return limit;
}

/* (mailbox n policy): its limit and policy */
static void expand_mailbox(expander *x, const datum *part, core **limit, core **policy) {
    if (part->count < 2 || part->count > 3) {
        report_part(x, part->at, "mailbox takes the number of messages and what happens when it is full",
                    "write (mailbox 100 :block)");
        return;
    }
    *limit = mailbox_limit(x, part->items[1]);
    if (part->count == 3) *policy = mailbox_policy(x, part->items[2]);
}

/* ---- define-actor: all of it ---- */

static core *behaviour(expander *x, const lambda_form *f) {
    span at = f->at;
    actor_parts parts = read_parts(x, f);
    core **items = NEW_ARRAY(core *, 7);
    items[0] = core_quote_symbol(f->name, at);
    items[1] = init_procedure(x, f->name, parts.state, at);
    items[2] = handler_procedure(x, f->name, parts.receive, at);
    items[3] = start_procedure(x, f->name, parts.on_start, at);
    items[4] = stop_procedure(x, f->name, parts.on_stop, at);
    items[5] = core_nil(at);
    items[6] = core_quote_symbol(intern_cstr("block"), at);
    if (parts.mailbox) expand_mailbox(x, parts.mailbox, &items[5], &items[6]);
    return core_prim("%behaviour", items, 7, at);
}

static const datum *actor_name(expander *x, const datum *form) {
    const datum *head = form->items[1];
    const datum *name = head->kind == DATUM_LIST && head->count > 0 ? head->items[0] : head;
    if (is_name(name)) return name;
    diag_error(x->d, E0102, name->at, "the name of the actor is expected here, not %s", datum_text(name, 40));
    diag_hint(x->d, "write (define-actor name part ...) or (define-actor (name params ...) part ...)");
    return NULL;
}

void collect_actor(expander *x, datum *form, item_list *out) {
    const datum *name = actor_name(x, form);
    if (!name) return;
    const datum *head = form->items[1];
    definition *def = definition_new(DEFINE_FUNCTION, form, name);
    def->fn = (lambda_form){.name = def->name,
                            .at = form->at,
                            .body = form->items + 2,
                            .body_count = form->count - 2,
                            .make_body = behaviour};
    if (head->kind == DATUM_LIST) {
        def->fn.params = head->items + 1;
        def->fn.param_count = head->count - 1;
        def->fn.rest = head->tail;
    }
    add_definition(out, def);
}

/* ---- spawn-actor ---- */

enum { SPAWN_OPTIONS = 3 };

/* How many of the operands are arguments: options are pairs at the end. */
static size_t argument_count(datum *const *items, size_t count, option *options) {
    while (count >= 2 && items[count - 2]->kind == DATUM_KEYWORD &&
           find_option(options, SPAWN_OPTIONS, items[count - 2]->text))
        count -= 2;
    return count;
}

static void check_arguments(expander *x, const datum *form, size_t count, option *options) {
    datum *const *items = form->items + 2;
    for (size_t i = 0; i < count; i++) {
        if (items[i]->kind != DATUM_KEYWORD || !find_option(options, SPAWN_OPTIONS, items[i]->text)) continue;
        diag_error(x->d, E0163, items[i]->at, "the option :%s %s", items[i]->text,
                   i + 1 == count ? "has no value" : "stands before an argument");
        diag_hint(x->d, "options stand behind the arguments, each with its value; as an argument write ':%s",
                  items[i]->text);
        diag_spoil(x->d, form->at);
    }
}

/* What is evaluated by the spawner, in order, before the actor is made. */
typedef struct spawn_values {
    var **vars;
    core **values;
    size_t count;
} spawn_values;

static core *evaluated(spawn_values *s, core *value) {
    if (value->kind == CORE_CONST) return value;
    var *v = s->vars[s->count] = var_temp(value->at);
    s->values[s->count++] = value;
    return core_local(v, value->at);
}

/* A definition of the program is called by its name, so that its arity is checked. */
static core *spawned_procedure(expander *x, datum *d, spawn_values *s) {
    core *f = expand_form(x, d);
    const binding *b = is_name(d) ? scope_find(x, d->text) : NULL;
    bool known = f->kind == CORE_GLOBAL || (b && b->body);
    return known ? f : evaluated(s, f);
}

/* The values of the options, in the order of the text. */
static void evaluate_options(expander *x, const option *options, datum *const *items, size_t count, spawn_values *s,
                             core **out) {
    for (size_t i = 1; i < count; i += 2)
        for (size_t k = 0; k < SPAWN_OPTIONS; k++)
            if (options[k].value == items[i]) out[k] = evaluated(s, expand_form(x, items[i]));
}

core *expand_spawn_actor(expander *x, datum *form) {
    span at = form->at;
    option options[SPAWN_OPTIONS] = {{.name = "name"}, {.name = "link"}, {.name = "monitor"}};
    datum **operands = form->items + 2;
    size_t count = form->count - 2, args = argument_count(operands, count, options);
    check_arguments(x, form, args, options);
    read_options(x, "spawn-actor", operands + args, count - args, options, SPAWN_OPTIONS);
    spawn_values s = {NEW_ARRAY(var *, form->count), NEW_ARRAY(core *, form->count), 0};
    core *procedure = spawned_procedure(x, form->items[1], &s);
    core **items = NEW_ARRAY(core *, args + 1);
    for (size_t i = 0; i < args; i++) items[i] = evaluated(&s, expand_form(x, operands[i]));
    core *call = core_call(procedure, items, args, at);
    call->spawns = true;
    core **spawn = NEW_ARRAY(core *, 2 + SPAWN_OPTIONS);
    spawn[0] = core_thunk(call, at);
    for (size_t i = 0; i < SPAWN_OPTIONS; i++) spawn[1 + i] = core_nil(at);
    evaluate_options(x, options, operands + args, count - args, &s, spawn + 1);
    spawn[1 + SPAWN_OPTIONS] = site_string(at);
    core *code = core_prim("%spawn-actor", spawn, 2 + SPAWN_OPTIONS, at);
    while (s.count-- > 0) code = core_let(s.vars[s.count], s.values[s.count], code, at);
    return code;
}
